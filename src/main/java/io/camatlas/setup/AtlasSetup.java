package io.camatlas.setup;

import io.camatlas.config.AtlasOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.truth.TruthChoice;
import java.util.List;
import java.util.Optional;

/** The settings of {@code camatlas atlas}. */
public final class AtlasSetup {
  private AtlasSetup() {}

  /**
   * Checks all settings.
   *
   * @throws io.camatlas.config.SettingsException with all problems
   */
  public static AtlasJobSettings resolve(GivenSettings given) {
    Optional<TruthChoice> truth = truth(given);
    Optional<AtlasJobSettings> settings =
        given.build(
            () ->
                settings(
                    given,
                    given.get(AtlasOptions.FROM),
                    given.get(ExplainOptions.OUT),
                    given.get(ExplainOptions.OVERWRITE),
                    truth));
    given.check();
    return settings.orElseThrow();
  }

  /**
   * The settings of an atlas that is made from a run and replaces any previous atlas.
   *
   * @param given the other settings; problems are noted there
   * @return empty if there is any problem
   */
  public static Optional<AtlasJobSettings> after(GivenSettings given, String run, String out) {
    Optional<TruthChoice> truth = truth(given);
    return given.build(() -> settings(given, List.of(run), out, true, truth));
  }

  private static Optional<TruthChoice> truth(GivenSettings given) {
    return given.build(
        () ->
            new TruthChoice(
                given.get(AtlasOptions.TRUTH),
                given.get(AtlasOptions.TRUTH_KIND),
                given.get(AtlasOptions.TRUTH_BY_LABEL)));
  }

  private static AtlasJobSettings settings(
      GivenSettings given,
      List<String> from,
      String out,
      boolean overwrite,
      Optional<TruthChoice> truth) {
    return new AtlasJobSettings(
        from,
        Optional.empty(),
        out,
        overwrite,
        truth.orElse(TruthChoice.MANIFEST),
        given.settings());
  }
}
