package io.camatlas.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.SettingsException;
import io.camatlas.spark.report.ReportJobSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportSetupTest {
  private static ReportJobSettings resolve(Map<String, String> flags, String... unknown) {
    return ReportSetup.resolve(new GivenSettings(ReportOptions.ALL, flags, List.of(unknown)));
  }

  @Test
  void defaultsAreThoseOfTheHelp() {
    ReportJobSettings settings = resolve(Map.of("from", "atlas", "out", "report"));
    assertThat(settings.given().get(ReportOptions.SINGLE_FILE)).isFalse();
    assertThat(settings.given().get(ReportOptions.PICTURES)).isEqualTo(6);
    assertThat(settings.given().get(ReportOptions.PICTURE_SIZE)).isEqualTo(256);
    assertThat(settings.given().get(ReportOptions.MEAN_IMAGES)).isEqualTo(64);
    assertThat(settings.runs()).isEmpty();
    assertThat(settings.images()).isEmpty();
  }

  @Test
  void everyProblemIsToldAtOnce() {
    SettingsException wrong =
        catchThrowableOfType(
            SettingsException.class,
            () ->
                resolve(
                    Map.of("pictures", "many", "single-file", "yes"), "--pictur-size", "stray"));
    assertThat(wrong.problems())
        .containsExactlyInAnyOrder(
            "option --pictur-size is not known; closest is 'picture-size'.",
            "argument 'stray' belongs to no option; put values that contain spaces in" + " quotes.",
            "from is missing; it is required (DIR).",
            "out is missing; it is required (DIR).",
            "single-file is 'yes'; it must be true or false.",
            "pictures is 'many'; it must be a whole number.");
  }

  @Test
  void sizesOutOfRangeNameValueAndRule() {
    SettingsException wrong =
        catchThrowableOfType(
            SettingsException.class,
            () -> resolve(Map.of("from", "a", "out", "b", "picture-size", "9")));
    assertThat(wrong.problems()).containsExactly("picture-size is 9; it must be from 32 to 2048.");
  }
}
