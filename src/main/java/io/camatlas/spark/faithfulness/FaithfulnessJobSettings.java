package io.camatlas.spark.faithfulness;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.Settings;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.faithfulness.FaithfulnessSettings;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;
import io.camatlas.sanity.SanitySettings;
import io.camatlas.spark.results.FinishedRun;
import java.util.Optional;

/**
 * One faithfulness job, checked.
 *
 * @param run the run whose explanations are tested
 * @param model the run's model
 * @param modelPath where it was found
 * @param card the run's classes and preprocessing
 * @param scoring sample, steps, batch and seed
 * @param sanity how maps are made again
 * @param explain the rule that makes them
 * @param limits limits on the run's images
 * @param given a value for each of {@link FaithfulnessOptions#ALL}
 */
public record FaithfulnessJobSettings(
    FinishedRun run,
    PreparedModel model,
    String modelPath,
    ModelCard card,
    FaithfulnessSettings scoring,
    SanitySettings sanity,
    ExplainSettings explain,
    DecodeLimits limits,
    Settings given) {

  public FaithfulnessJobSettings {
    run.requireRule(given.get(FaithfulnessOptions.RULE));
  }

  /** Where the run's images are now; empty to use the paths in its table. */
  public Optional<String> images() {
    return given.optional(FaithfulnessOptions.IMAGES);
  }

  /** The folder for the results. */
  public String out() {
    return given.get(ExplainOptions.OUT);
  }
}
