package io.camatlas.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.camatlas.cam.NoiseScale;
import io.camatlas.setup.ExplainSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GivenSettingsTest {
  private static final Option<Integer> COUNT =
      Option.integer("count").from(1).to(9).or(-1, "to choose").byDefault(3).help("A count.");
  private static final Option<Double> SHARE =
      Option.decimal("share").from(0.0).to(1.0).byDefault(0.5).help("A share.");
  private static final Option<Integer> SIZE =
      Option.integer("size").from(1).orWord("auto", 0, "auto finds it.").byDefault(8).help("Size.");
  private static final Option<NoiseScale> SCALE =
      Option.choice("scale", NoiseScale.class).byDefault("range").help("A scale.");
  private static final Option<String> PLACE = Option.text("place", "DIR").help("A place.");
  private static final Option<List<String>> PARTS = Option.texts("part", "DIR").help("Parts.");
  private static final List<Option<?>> OPTIONS = List.of(COUNT, SHARE, SIZE, SCALE, PLACE, PARTS);

  @TempDir Path folder;

  private static GivenSettings given(Map<String, String> values) {
    return new GivenSettings(OPTIONS, values, List.of());
  }

  private static List<String> problems(Map<String, String> values) {
    return catchThrowableOfType(SettingsException.class, () -> given(values).check()).problems();
  }

  @Test
  void textFilesMayHaveAMarkAndMustBeUtf8() throws IOException {
    Path lines = folder.resolve("classes.txt");
    Files.writeString(lines, "\ufeffdaisy\r\nCr\u00e8me\n");
    assertThat(TextLines.of(lines, "`classes` is it")).containsExactly("daisy", "Cr\u00e8me");
    Files.write(lines, "Cr\u00e8me".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> TextLines.of(lines, "`classes` is it"))
        .hasMessage("`classes` is it, which is not UTF-8; save it as UTF-8.");
  }

  @Test
  void valuesHaveTheirTypes() {
    GivenSettings given = given(Map.of("count", "-1", "size", "auto", "part", "a\nb"));
    assertThat(given.get(COUNT)).isEqualTo(-1);
    assertThat(given.get(SHARE)).isEqualTo(0.5);
    assertThat(given.get(SIZE)).isZero();
    assertThat(given.get(SCALE)).isEqualTo(NoiseScale.RANGE);
    assertThat(given.get(PLACE)).isEmpty();
    assertThat(given.optional(PLACE)).isEmpty();
    assertThat(given.get(PARTS)).containsExactly("a", "b");
    assertThat(given.texts()).containsEntry("count", "-1").containsEntry("place", "");
  }

  @Test
  void boundsAreToldAsValueAndRule() {
    assertThat(problems(Map.of("count", "0", "share", "1.5", "size", "0", "scale", "rnage")))
        .containsExactly(
            "count is 0; it must be from 1 to 9, or -1 to choose.",
            "share is 1.5; it must be from 0 to 1.",
            "size is 0; it must be at least 1, or auto.",
            "scale is 'rnage'; it must be one of range, absolute; closest is 'range'.");
    assertThat(problems(Map.of("count", "many", "share", "NaN", "size", "2.5")))
        .containsExactly(
            "count is 'many'; it must be a whole number, or -1 to choose.",
            "share is 'NaN'; it must be a number.",
            "size is '2.5'; it must be a whole number, or auto.");
  }

  @Test
  void aWrongValueIsToldOnceHoweverOftenItIsRead() {
    GivenSettings given = given(Map.of("count", "0"));
    assertThat(given.build(() -> given.get(COUNT))).isEmpty();
    assertThat(given.build(() -> given.get(COUNT) + 1)).isEmpty();
    GivenSettings other = given.with(List.of(COUNT, PLACE), Map.of());
    assertThat(other.build(() -> other.get(COUNT))).isEmpty();
    assertThatThrownBy(given::check)
        .hasMessage("count is 0; it must be from 1 to 9, or -1 to choose.");
    assertThatThrownBy(() -> given.get(COUNT)).isInstanceOf(SettingsException.class);
  }

  @Test
  void threeMethodsAndTwoWrongSettingsAreSixProblems() {
    GivenSettings given =
        new GivenSettings(
            ExplainOptions.ALL,
            Map.of(
                "method", "smooth-grad-cam++,grad-cam,layer-cam",
                "samples", "many",
                "sigma", "wide"),
            List.of("--sampels=3"));
    SettingsException wrong =
        catchThrowableOfType(SettingsException.class, () -> ExplainSetup.resolve(given, folder));
    assertThat(wrong.problems()).hasSize(6).doesNotHaveDuplicates();
  }

  @Test
  void givenIsWhatSomebodyChose() throws IOException {
    Path file = folder.resolve("all.conf");
    Files.writeString(file, "count = 3\nshare = 0.7\nplace = \n");
    GivenSettings given = given(Map.of("config", file.toString(), "size", "8"));
    assertThat(OPTIONS.stream().filter(given::isGiven)).containsExactly(SHARE, SIZE);
    GivenSettings other = given.with(List.of(SHARE, SIZE, PLACE), Map.of("size", "9"));
    assertThat(OPTIONS.stream().filter(other::isGiven)).containsExactly(SHARE);
  }

  @Test
  void aSwitchThatStaysOffIsNotGiven() throws IOException {
    Option<Boolean> often = Option.flag("often").help("Often.");
    Path file = folder.resolve("often.conf");
    Files.writeString(file, "often = true\n");
    for (String value : List.of("true", "false")) {
      Map<String, String> flags = Map.of("config", file.toString(), "often", value);
      assertThat(new GivenSettings(List.of(often), flags, List.of()).isGiven(often))
          .isEqualTo(value.equals("true"));
    }
  }
}
