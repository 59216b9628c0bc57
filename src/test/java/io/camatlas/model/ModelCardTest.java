package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {
  @TempDir Path folder;

  private ModelCard read(String superclasses) throws IOException {
    return ModelCard.read(
        Files.writeString(
            folder.resolve("net.json"),
            "{\"classes\": [\"cat\", \"saw\", \"dog\"]%s}".formatted(superclasses)));
  }

  @Test
  void eachClassKnowsItsSuperclass() throws IOException {
    ModelCard card = read(", \"superclasses\": {\"animal\": [\"dog\", \"cat\"]}");
    assertThat(card.superclasses()).containsExactly("animal", "", "animal");
    assertThat(card.withClassesFor(3).superclasses()).isEqualTo(card.superclasses());
    // Other names for the same classes.
    assertThat(card.withClasses(List.of("a", "b", "c")).superclasses())
        .isEqualTo(card.superclasses());
    assertThat(card.withClasses(List.of("a", "b")).superclasses()).isEmpty();
  }

  /** What is said of groups changes no explanation, so that a run with a new sidecar goes on. */
  @Test
  void superclassesAreNotPartOfTheIdentity() throws IOException {
    ModelCard plain = read("");
    assertThat(plain.superclasses()).isEmpty();
    assertThat(read(", \"superclasses\": {\"animal\": [\"dog\"]}").identity())
        .isEqualTo(plain.identity())
        .startsWith("ModelCard[name=net, classes=[cat, saw, dog], layer=, scores=LOGITS,");
  }

  private ModelCard ofClasses(String classes) throws IOException {
    return ModelCard.read(
        Files.writeString(folder.resolve("net.json"), "{\"classes\": " + classes + "}"));
  }

  @Test
  void anIndexOfClassesIsReadByItsNumbers() throws IOException {
    assertThat(ofClasses("{\"1\": \"dog\", \"0\": \"cat\"}").classes())
        .containsExactly("cat", "dog");
    assertThat(ofClasses("null").classes()).isEmpty();
    assertThat(ofClasses("[\"cat\", 3]").classes()).containsExactly("cat", "3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"cat,dog\"",
        "{\"1\": \"cat\", \"2\": \"dog\"}",
        "{\"cat\": 0, \"dog\": 1}",
        "{\"0\": [\"n01440764\", \"tench\"]}",
        "[\"cat\", \"\"]",
        "[\"cat\", null]",
        "[[\"cat\", \"dog\"]]",
      })
  void otherClassesAreRefused(String classes) {
    assertThatThrownBy(() -> ofClasses(classes))
        .hasMessageContaining("net.json: classes holds ")
        .hasMessageContaining("must be a list of names");
  }

  private ModelCard of(String text) throws IOException {
    return ModelCard.read(Files.writeString(folder.resolve("net.json"), text));
  }

  /** Editors on Windows put a mark before the text. */
  @Test
  void aMarkBeforeTheTextIsNoPartOfIt() throws IOException {
    assertThat(of("\ufeff{\"name\": \"a\", \"layer\": \"b.c\"}").layer()).isEqualTo("b.c");
  }

  @Test
  void valuesOfOtherKindsAreRefused() {
    assertThatThrownBy(() -> of("{\"layer\": [\"layer3\", \"layer4\"]}"))
        .hasMessageContaining("layer is [\"layer3\",\"layer4\"]; it must be text");
    assertThatThrownBy(() -> of("{\"input\": {\"crop\": 8, \"mean\": {\"r\": 0.5}}}"))
        .hasMessageContaining("mean is {\"r\":0.5}; it must be a list of numbers");
  }

  /** The usual mean and std are in the order red, green, blue. */
  @Test
  void anotherOrderOfChannelsNeedsItsOwnNumbers() throws IOException {
    assertThatThrownBy(() -> of("{\"input\": {\"crop\": 8, \"channels\": \"bgr\"}}"))
        .hasMessageContaining("channels is bgr, but mean or std is not given");
    assertThat(
            of("{\"input\": {\"crop\": 8, \"resize\": 8, \"channels\": \"gray\","
                    + " \"mean\": 0.5, \"std\": [0.5]}}")
                .preprocessing()
                .mean())
        .containsExactly(0.5);
  }

  @Test
  void twoClassesOfOneNameAreRefused() throws IOException {
    assertThatThrownBy(() -> ofClasses("[\"crane\", \"a\", \"crane\"]").requireDistinctClasses())
        .hasMessageContaining("two classes are called 'crane' (0 and 2)");
    read("").requireDistinctClasses();
  }

  @Test
  void aClassMayHaveItsOwnThreshold() throws IOException {
    ModelCard plain = read(", \"scores\": \"multi-label\"");
    assertThat(plain.threshold(2)).isEqualTo(0.5);
    ModelCard card = read(", \"scores\": \"multi-label\", \"thresholds\": {\"dog\": 0.3}");
    assertThat(card.threshold(2)).isEqualTo(0.3);
    assertThat(card.threshold(0)).isEqualTo(0.5);
    // What is said to be there is part of every row.
    assertThat(card.identity()).isNotEqualTo(plain.identity());
  }

  @Test
  void aWrongThresholdIsToldWithItsClass() {
    String several = ", \"scores\": \"multi-label\", \"thresholds\": ";
    assertThatThrownBy(() -> read(several + "{\"dgo\": 0.3}"))
        .hasMessageContaining("thresholds has class 'dgo'")
        .hasMessageContaining("closest is 'dog'");
    assertThatThrownBy(() -> read(several + "{\"dog\": 30}"))
        .hasMessageContaining("thresholds has 30.0; a threshold must be above 0 and at most 1");
    assertThatThrownBy(() -> read(several + "{\"dog\": \"high\"}"))
        .hasMessageContaining("thresholds gives 'dog' the value \"high\"; it must be a number");
    assertThatThrownBy(() -> read(several + "[0.3]"))
        .hasMessageContaining("thresholds must be an object");
    assertThatThrownBy(() -> read(", \"thresholds\": {\"dog\": 0.3}"))
        .hasMessageContaining("scores is logits; only models of several labels have thresholds");
  }

  @Test
  void aWrongSuperclassIsToldWithItsClass() {
    assertThatThrownBy(() -> read(", \"superclasses\": {\"animal\": [\"dgo\"]}"))
        .hasMessageContaining(
            "net.json: superclasses has class 'dgo' in 'animal', which is not one")
        .hasMessageContaining("closest is 'dog'");
    assertThatThrownBy(
            () -> read(", \"superclasses\": {\"animal\": [\"dog\"], \"pet\": [\"dog\"]}"))
        .hasMessageContaining("class 'dog' in 'animal' and again in 'pet'; a class belongs to one");
    assertThatThrownBy(() -> read(", \"superclasses\": [\"animal\"]"))
        .hasMessageContaining("superclasses must be an object");
    assertThatThrownBy(() -> read(", \"superclasses\": {\"animal\": \"dog\"}"))
        .hasMessageContaining("superclasses gives 'animal' the value \"dog\"; it must be a list");
  }
}
