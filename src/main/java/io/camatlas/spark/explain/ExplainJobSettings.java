package io.camatlas.spark.explain;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Settings;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;
import io.camatlas.spark.executor.ExplainRecipe;

/**
 * One explain job, checked.
 *
 * @param recipe how images are explained, regardless of where they come from
 * @param given a value for each of {@link ExplainOptions#ALL}
 */
public record ExplainJobSettings(ExplainRecipe recipe, Settings given) {
  /** The probed model. */
  public PreparedModel model() {
    return recipe.model();
  }

  /** Classes and preprocessing. */
  public ModelCard card() {
    return recipe.card();
  }

  /** How to explain. */
  public ExplainSettings explain() {
    return recipe.explain();
  }

  /** The source of the images: a folder, glob, manifest, shards or table. */
  public String images() {
    return given.get(ExplainOptions.IMAGES);
  }

  /** The folder for the results. */
  public String out() {
    return given.get(ExplainOptions.OUT);
  }

  /** What tasks request from Spark. */
  ExplainResources resources() {
    return new ExplainResources(
        given.get(ExplainOptions.EXECUTOR_GPUS), given.get(ExplainOptions.TASKS_PER_GPU));
  }
}
