package io.camatlas.spark.explain;

import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbePlan;
import io.camatlas.spark.storage.PartFormat;
import java.io.Serializable;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Everything that a task needs beside its images.
 *
 * @param archive where the probed archive lies, on a file system that all executors see
 * @param probe what the archive returns
 * @param card classes and preprocessing
 * @param settings how to explain
 * @param run what all rows share
 * @param device where networks are to live
 * @param precision what networks compute with
 * @param decoders threads that decode ahead of each task; -1 chooses
 * @param remote whether images lie on other machines
 * @param explanations how their parts are written
 * @param failures how their parts are written
 * @param scratch folder where parts wait to be committed
 * @param hadoop how files are reached
 * @param counters what tasks tell while they run
 */
record ExplainPlan(
    String archive,
    ProbePlan probe,
    ModelCard card,
    ExplainSettings settings,
    ExplanationsTable.Run run,
    DeviceChoice device,
    Precision precision,
    int decoders,
    boolean remote,
    PartFormat explanations,
    PartFormat failures,
    String scratch,
    SerializableConfiguration hadoop,
    RunCounters counters)
    implements Serializable {

  /** The same with another batch. */
  ExplainPlan withBatch(int batch) {
    return new ExplainPlan(
        archive,
        probe,
        card,
        settings.withBatch(batch),
        run,
        device,
        precision,
        decoders,
        remote,
        explanations,
        failures,
        scratch,
        hadoop,
        counters);
  }
}
