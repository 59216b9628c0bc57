package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.camatlas.model.LabelSets.Known;
import io.camatlas.model.LabelSets.Others;
import io.camatlas.model.LabelSets.Reading;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelSetsTest {
  private static final Map<String, Integer> CLASSES = Map.of("Edema", 0, "Mass", 1, "Hernia", 2);

  private static Known read(String text) {
    return LabelSets.USUAL.read(text, CLASSES).orElseThrow();
  }

  @Test
  void aTextNamesWhatIsThereAndWhatIsNotKnown() {
    assertThat(read("Edema|Mass")).isEqualTo(new Known(List.of(0, 1), List.of()));
    assertThat(read(" Mass | ?Edema ")).isEqualTo(new Known(List.of(1), List.of(0)));
    assertThat(read("~Mass|~Edema|Hernia")).isEqualTo(new Known(List.of(2), List.of(1, 0)));
    assertThat(read("No Finding")).isEqualTo(new Known(List.of(), List.of()));
    assertThat(read("Hernia|Hernia")).isEqualTo(new Known(List.of(2), List.of()));
    assertThat(read("Edema|?Mass").has(0)).contains(true);
    assertThat(read("Edema|?Mass").has(1)).isEmpty();
    assertThat(read("Edema|?Mass").has(2)).contains(false);
  }

  @Test
  void whatIsUncertainIsReadAsToldAndASureLabelWins() {
    LabelSets sets =
        new LabelSets(",", List.of("none"), Others.IGNORE, Reading.PRESENT, Reading.ABSENT);
    assertThat(sets.read("?Edema,~Mass,none,Cat", CLASSES))
        .contains(new Known(List.of(0), List.of()));
    LabelSets absent =
        new LabelSets("|", List.of("no"), Others.FAIL, Reading.ABSENT, Reading.UNKNOWN);
    assertThat(absent.read("?Edema|Edema", CLASSES)).contains(new Known(List.of(0), List.of()));
    assertThat(absent.read("Edema|?Edema", CLASSES)).contains(new Known(List.of(0), List.of()));
  }

  @Test
  void anEmptyTextSaysNothing() {
    assertThat(LabelSets.USUAL.read("", CLASSES)).isEmpty();
    assertThat(LabelSets.USUAL.read(" | ", CLASSES)).isEmpty();
  }

  @Test
  void aClassMayBeCalledNoFinding() {
    assertThat(LabelSets.USUAL.read("No Finding", Map.of("No Finding", 0)).orElseThrow().present())
        .containsExactly(0);
  }

  @Test
  void wordsStandForBlanks() {
    assertThat(LabelSets.separator("space")).isEqualTo(" ");
    assertThat(LabelSets.separator("tab")).isEqualTo("\t");
    assertThat(LabelSets.separator(";")).isEqualTo(";");
  }

  @Test
  void whatCannotBeReadIsTold() {
    assertThatThrownBy(() -> read("Edma"))
        .hasMessageContaining("label 'Edma' is not among the model's classes")
        .hasMessageContaining("'Edema'");
    assertThatThrownBy(() -> read("3")).hasMessageContaining("label '3'");
    assertThatThrownBy(() -> LabelSets.USUAL.check(List.of("a", "b|c")))
        .hasMessageContaining("class 'b|c' contains the separator of labels, '|'");
    assertThatThrownBy(() -> LabelSets.USUAL.check(List.of("a", "?b")))
        .hasMessageContaining("class '?b'");
    assertThatThrownBy(
            () -> new LabelSets("?", List.of("no"), Others.FAIL, Reading.ABSENT, Reading.ABSENT))
        .hasMessageContaining("`label-separator` is '?'");
    assertThatThrownBy(
            () -> new LabelSets("|", List.of("a|b"), Others.FAIL, Reading.ABSENT, Reading.ABSENT))
        .hasMessageContaining("`empty-label` has 'a|b'");
  }
}
