package io.camatlas.spark.causes;

import io.camatlas.config.CausesOptions;
import io.camatlas.config.Settings;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;
import java.util.List;
import java.util.Optional;

/**
 * One job of experiments, checked.
 *
 * @param from the atlas
 * @param runs folders of the runs that it was made from; empty to use those that the atlas names
 * @param strategies folder of strategies found in the atlas; empty if none are to be tested
 * @param images where the images are now; empty if they have not moved
 * @param model the runs' model
 * @param card its classes and preprocessing
 * @param device where the model runs
 * @param out folder of the results
 * @param overwrite whether existing results may be replaced
 * @param given a value for each of {@link CausesOptions#SHARED}, among others
 */
public record CausesJobSettings(
    String from,
    List<String> runs,
    Optional<String> strategies,
    Optional<String> images,
    PreparedModel model,
    ModelCard card,
    DeviceChoice device,
    String out,
    boolean overwrite,
    Settings given) {

  public CausesJobSettings {
    runs = List.copyOf(runs);
  }
}
