package io.camatlas.setup;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.config.StrategiesOptions;
import io.camatlas.spark.strategies.StrategiesJobSettings;
import java.util.List;
import java.util.Optional;

/** The settings of {@code camatlas strategies}. */
public final class StrategiesSetup {
  private StrategiesSetup() {}

  /**
   * Checks all settings.
   *
   * @throws io.camatlas.config.SettingsException with all problems
   */
  public static StrategiesJobSettings resolve(GivenSettings given) {
    Optional<StrategiesJobSettings> settings =
        given.build(
            () ->
                new StrategiesJobSettings(
                    given.get(ReportOptions.FROM),
                    given.get(ReportOptions.RUNS),
                    given.get(ExplainOptions.OUT),
                    given.get(ExplainOptions.OVERWRITE),
                    given.settings()));
    given.check();
    return settings.orElseThrow();
  }

  /**
   * The settings of a search in the atlas of one run; its results replace previous ones.
   *
   * @param given the other settings; problems are noted there
   * @return empty if there is any problem, or if nothing is to be searched
   */
  public static Optional<StrategiesJobSettings> after(
      GivenSettings given, String run, String atlas, String out) {
    return given
        .build(() -> given.optional(StrategiesOptions.NONE).orElse(false))
        .filter(none -> !none)
        .flatMap(
            any ->
                given.build(
                    () ->
                        new StrategiesJobSettings(
                            atlas, List.of(run), out, true, given.settings())));
  }
}
