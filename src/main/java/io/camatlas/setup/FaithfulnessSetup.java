package io.camatlas.setup;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.Settings;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.faithfulness.FaithfulnessScorer;
import io.camatlas.faithfulness.FaithfulnessSettings;
import io.camatlas.image.DecodeLimits;
import io.camatlas.sanity.SanitySettings;
import io.camatlas.spark.faithfulness.FaithfulnessJobSettings;
import io.camatlas.spark.results.FinishedRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The settings of {@code camatlas faithfulness}. */
public final class FaithfulnessSetup {
  private FaithfulnessSetup() {}

  /**
   * Checks everything that can be checked before Spark starts, including that the model is the
   * run's model.
   *
   * @param folder where the probed model is written
   * @throws SettingsException with all problems
   */
  public static FaithfulnessJobSettings resolve(GivenSettings given, Path folder) {
    Optional<FaithfulnessSettings> scoring =
        given.build(
            () ->
                new FaithfulnessSettings(
                    given.get(FaithfulnessOptions.SAMPLE),
                    given.get(FaithfulnessOptions.STEPS),
                    given.get(FaithfulnessOptions.BATCH),
                    given.get(FaithfulnessOptions.SEED)));
    Optional<FinishedRun> run =
        given.build(() -> FinishedRun.read(given.get(FaithfulnessOptions.FROM)));
    Optional<RunModel> model =
        run.flatMap(found -> RunModel.of(given, found, found.layers(), found.layouts(), folder));
    Optional<SanitySettings> sanity =
        given.build(
            () ->
                new SanitySettings(
                    given.get(FaithfulnessOptions.AGAIN),
                    given.get(FaithfulnessOptions.STAGES),
                    given.get(FaithfulnessOptions.PERTURBATIONS),
                    given.get(FaithfulnessOptions.RADIUS),
                    given.get(FaithfulnessOptions.SEED)));
    if (scoring.isPresent() && model.isPresent()) {
      given.check(
          () -> FaithfulnessScorer.checkSteps(scoring.get(), model.get().model().plan().input()));
    }
    Optional<DecodeLimits> limits = run.flatMap(found -> given.build(() -> limits(found)));
    given.check();
    Optional<FaithfulnessJobSettings> settings =
        given.build(
            () ->
                new FaithfulnessJobSettings(
                    run.orElseThrow(),
                    model.orElseThrow().model(),
                    model.orElseThrow().path(),
                    model.orElseThrow().card(),
                    scoring.orElseThrow(),
                    sanity.orElseThrow(),
                    again(given, run.orElseThrow(), model.orElseThrow()),
                    limits.orElseThrow(),
                    given.settings()));
    given.check();
    return settings.orElseThrow();
  }

  private static ExplainSettings again(GivenSettings given, FinishedRun run, RunModel model) {
    int rule = given.get(FaithfulnessOptions.RULE);
    run.requireRule(rule);
    boolean oneByOne = model.model().plan().check().oneByOne();
    return ExplainSetup.ofRun(run, rule, oneByOne ? 1 : given.get(FaithfulnessOptions.BATCH));
  }

  private static DecodeLimits limits(FinishedRun run) {
    List<Option<?>> options = List.of(ExplainOptions.MAX_PIXELS, ExplainOptions.MAX_BYTES);
    Settings values = Settings.of(options, run.settings());
    return new DecodeLimits(
        values.get(ExplainOptions.MAX_PIXELS), values.get(ExplainOptions.MAX_BYTES));
  }
}
