package io.camatlas.spark.executor;

import io.camatlas.config.ExplainOptions;
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
 * @param device where networks run
 * @param precision precision that networks compute with
 * @param decoders threads that decode ahead for each task; -1 chooses automatically
 * @param remote whether images are on other machines
 */
public record ExplainerPlan(
    String archive,
    ProbePlan probe,
    ModelCard card,
    ExplainSettings settings,
    ExplanationsTable.Run run,
    DeviceChoice device,
    Precision precision,
    int decoders,
    boolean remote)
    implements Serializable {

  public static ExplainerPlan of(
      ExplainRecipe recipe, RunIdentity identity, String archive, boolean remote) {
    return new ExplainerPlan(
        archive,
        recipe.model().plan(),
        recipe.card(),
        recipe.explain(),
        identity.tableRun(),
        recipe.given().get(ExplainOptions.DEVICE),
        recipe.model().precision(),
        recipe.given().get(ExplainOptions.DECODERS),
        remote);
  }

  /** The same plan with another batch size. */
  public ExplainerPlan withBatch(int batch) {
    return new ExplainerPlan(
        archive, probe, card, settings.withBatch(batch), run, device, precision, decoders, remote);
  }

  /** The same plan with batches that are laid out in another way. */
  public ExplainerPlan withLayout(Layout layout) {
    return new ExplainerPlan(
        archive,
        probe.withLayout(layout),
        card,
        settings,
        run,
        device,
        precision,
        decoders,
        remote);
  }
}
