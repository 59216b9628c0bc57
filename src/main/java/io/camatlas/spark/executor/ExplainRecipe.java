package io.camatlas.spark.executor;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Settings;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;

/**
 * How images are explained and with which model, regardless of where they come from and where
 * results go; checked.
 *
 * @param model the probed model
 * @param card classes and preprocessing
 * @param explain how to explain
 * @param given a value for each of {@link ExplainOptions#RECIPE}, among others
 */
public record ExplainRecipe(
    PreparedModel model, ModelCard card, ExplainSettings explain, Settings given) {}
