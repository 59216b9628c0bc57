package io.camatlas.spark.executor;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Settings;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.Layout;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbePlan;
import io.camatlas.spark.results.ExplanationsTable;
import java.io.Serializable;

/**
 * What a task needs to explain images, regardless of where they come from and where results go.
 *
 * @param archive name of the probed archive; tasks with the same name share a network
 * @param probe what the archive returns
 * @param card classes and preprocessing
 * @param settings how to explain
 * @param run values that all rows share
 * @param precision precision that networks compute with
 * @param remote whether images are on other machines
 * @param given a value for each of {@link ExplainOptions#RECIPE}, among others
 */
public record ExplainerPlan(
    String archive,
    ProbePlan probe,
    ModelCard card,
    ExplainSettings settings,
    ExplanationsTable.Run run,
    Precision precision,
    boolean remote,
    Settings given)
    implements Serializable {

  public static ExplainerPlan of(
      ExplainRecipe recipe, RunIdentity identity, String archive, boolean remote) {
    return new ExplainerPlan(
        archive,
        recipe.model().plan(),
        recipe.card(),
        recipe.explain(),
        identity.tableRun(),
        recipe.model().precision(),
        remote,
        recipe.given());
  }

  /** Where networks run. */
  public DeviceChoice device() {
    return given.get(ExplainOptions.DEVICE);
  }

  /** The same plan with another batch size. */
  public ExplainerPlan withBatch(int batch) {
    return new ExplainerPlan(
        archive, probe, card, settings.withBatch(batch), run, precision, remote, given);
  }

  /** The same plan with batches that are laid out in another way. */
  public ExplainerPlan withLayout(Layout layout) {
    return new ExplainerPlan(
        archive, probe.withLayout(layout), card, settings, run, precision, remote, given);
  }
}
