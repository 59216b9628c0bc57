package io.camatlas.setup;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ReportOptions;
import io.camatlas.spark.report.ReportJobSettings;
import java.util.List;
import java.util.Optional;

/** The settings of {@code camatlas report}. */
public final class ReportSetup {
  private ReportSetup() {}

  /**
   * Checks all settings.
   *
   * @throws io.camatlas.config.SettingsException with all problems
   */
  public static ReportJobSettings resolve(GivenSettings given) {
    Optional<ReportJobSettings> settings =
        given.build(
            () ->
                settings(
                    given,
                    given.get(ReportOptions.FROM),
                    given.get(ReportOptions.RUNS),
                    given.optional(ReportOptions.STRATEGIES),
                    given.optional(ReportOptions.CAUSES),
                    given.optional(ReportOptions.FAITHFULNESS),
                    given.optional(ReportOptions.IMAGES),
                    given.get(ExplainOptions.OUT),
                    given.get(ExplainOptions.OVERWRITE)));
    given.check();
    return settings.orElseThrow();
  }

  /**
   * The settings of a report that is made from the atlas of one run and replaces any previous
   * report.
   *
   * @param strategies folder of the strategies; empty if nobody looks for them
   * @param causes folder of the experiments, which are made before the report is; empty if none are
   * @param given the other settings; problems are noted there
   * @return empty if there is any problem
   */
  public static Optional<ReportJobSettings> after(
      GivenSettings given,
      String run,
      String atlas,
      Optional<String> strategies,
      Optional<String> causes,
      String out) {
    return given.build(
        () ->
            settings(
                given,
                atlas,
                List.of(run),
                strategies,
                causes,
                Optional.empty(),
                Optional.empty(),
                out,
                true));
  }

  private static ReportJobSettings settings(
      GivenSettings given,
      String from,
      List<String> runs,
      Optional<String> strategies,
      Optional<String> causes,
      Optional<String> faithfulness,
      Optional<String> images,
      String out,
      boolean overwrite) {
    return new ReportJobSettings(
        from, runs, causes, strategies, faithfulness, images, out, overwrite, given.settings());
  }
}
