package io.camatlas.spark.faithfulness;

import io.camatlas.faithfulness.FaithfulnessSettings;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.RunRule;
import java.util.Map;
import java.util.Optional;

/**
 * One faithfulness job, checked.
 *
 * @param run whose explanations are judged
 * @param rule which of its rules, from 0
 * @param images where the run's images are now; empty takes the paths of its table
 * @param model the run's model
 * @param modelPath where it was found
 * @param card classes and preprocessing, those of the run
 * @param scoring sample, steps, batch and seed
 * @param limits of the run's images
 * @param device where networks are to live
 * @param out folder of the results
 * @param overwrite whether results that are there may be replaced
 * @param partitions of the sample; 0 chooses
 * @param given every setting by name, for faithfulness.json
 */
public record FaithfulnessJobSettings(
    FinishedRun run,
    int rule,
    Optional<String> images,
    PreparedModel model,
    String modelPath,
    ModelCard card,
    FaithfulnessSettings scoring,
    DecodeLimits limits,
    DeviceChoice device,
    String out,
    boolean overwrite,
    int partitions,
    Map<String, String> given) {

  public FaithfulnessJobSettings {
    if (rule < 0 || rule >= run.rules().size()) {
      throw new IllegalArgumentException(
          "rule is "
              + rule
              + "; the run has "
              + run.rules().size()
              + ", counted from 0: "
              + run.rules().stream().map(RunRule::method).toList()
              + ".");
    }
    if (partitions < 0 || partitions > 1_000_000) {
      throw new IllegalArgumentException(
          "partitions is " + partitions + "; it must be from 0 to 1000000.");
    }
  }
}
