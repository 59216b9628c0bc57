package io.camatlas.setup;

import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.spark.concept.ConceptJobSettings;
import io.camatlas.spark.results.FinishedRun;
import java.util.Optional;

/** The settings of {@code camatlas concept}. */
public final class ConceptSetup {
  private ConceptSetup() {}

  /**
   * Checks everything that can be checked before Spark starts.
   *
   * @throws io.camatlas.config.SettingsException with all problems
   */
  public static ConceptJobSettings resolve(GivenSettings given) {
    Optional<FinishedRun> run =
        given.build(() -> FinishedRun.read(given.get(FaithfulnessOptions.FROM)));
    Optional<ConceptJobSettings> settings =
        run.flatMap(found -> given.build(() -> new ConceptJobSettings(found, given.settings())));
    given.check();
    return settings.orElseThrow();
  }
}
