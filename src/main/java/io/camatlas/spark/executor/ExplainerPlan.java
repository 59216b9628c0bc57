package io.camatlas.spark.executor;

import io.camatlas.config.ExplainOptions;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbePlan;
import io.camatlas.spark.results.ExplanationsTable;
import java.io.Serializable;

/**
 * What a task needs to explain images, wherever they come from and results go.
 *
 * @param archive names the probed archive; tasks of one name share a network
 * @param probe what the archive returns
 * @param card classes and preprocessing
 * @param settings how to explain
 * @param run what all rows share
 * @param device where networks are to live
 * @param precision what networks compute with
 * @param decoders threads that decode ahead of each task; -1 chooses
 * @param remote whether images lie on other machines
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

  /** The same with another batch. */
  public ExplainerPlan withBatch(int batch) {
    return new ExplainerPlan(
        archive, probe, card, settings.withBatch(batch), run, device, precision, decoders, remote);
  }
}
