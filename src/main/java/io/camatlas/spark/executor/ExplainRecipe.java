package io.camatlas.spark.executor;

import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;
import java.util.Map;

/**
 * How images are explained and by what, wherever they come from and results go; checked.
 *
 * @param model the probed model
 * @param card classes and preprocessing
 * @param explain how to explain
 * @param device where networks are to live
 * @param decoders threads that decode ahead of each task; -1 chooses
 * @param given every setting by name, as it came from flags, file and defaults
 */
public record ExplainRecipe(
    PreparedModel model,
    ModelCard card,
    ExplainSettings explain,
    DeviceChoice device,
    int decoders,
    Map<String, String> given) {}
