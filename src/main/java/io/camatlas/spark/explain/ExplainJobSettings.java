package io.camatlas.spark.explain;

import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;
import io.camatlas.spark.executor.ExplainRecipe;
import io.camatlas.spark.input.InputKind;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One explain job, checked.
 *
 * @param images folder, glob, manifest or table
 * @param inputKind what it is
 * @param contentColumn column of encoded images, where a table has several binary ones
 * @param model the probed model
 * @param modelPath as the user gave it
 * @param card classes and preprocessing
 * @param explain how to explain
 * @param batchMemory bytes that passes may take, where the batch is to be found; empty where {@code
 *     explain} has it
 * @param device where networks are to live
 * @param resources what tasks ask of Spark
 * @param decoders threads that decode ahead of each task; -1 chooses
 * @param out folder of the results
 * @param overwrite whether results that are there are replaced rather than continued
 * @param retryFailures whether images that failed before are done again
 * @param partitions tasks that the images are spread over; 0 chooses
 * @param overlays pictures for each class
 * @param given every setting by name, as it came from flags, file and defaults; for run.json
 */
public record ExplainJobSettings(
    String images,
    InputKind inputKind,
    Optional<String> contentColumn,
    PreparedModel model,
    String modelPath,
    ModelCard card,
    ExplainSettings explain,
    OptionalLong batchMemory,
    DeviceChoice device,
    ExplainResources resources,
    int decoders,
    String out,
    boolean overwrite,
    boolean retryFailures,
    int partitions,
    int overlays,
    Map<String, String> given) {

  public ExplainJobSettings {
    if (partitions < 0) {
      throw new IllegalArgumentException(
          "partitions is " + partitions + "; it must be at least 1, or 0 to choose.");
    }
    if (overlays < 0) {
      throw new IllegalArgumentException("overlays is " + overlays + "; it must be at least 0.");
    }
  }

  /** How images are explained, without where they come from and results go. */
  ExplainRecipe recipe() {
    return new ExplainRecipe(model, card, explain, device, decoders, given);
  }
}
