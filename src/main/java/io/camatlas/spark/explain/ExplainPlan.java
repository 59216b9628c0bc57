package io.camatlas.spark.explain;

import io.camatlas.explain.ExplainSettings;
import io.camatlas.model.ProbePlan;
import io.camatlas.spark.executor.ExplainerPlan;
import io.camatlas.spark.executor.RunCounters;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.PartFormat;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Everything that a task of the job needs beside its images.
 *
 * @param explainer how to explain; its archive lies on a file system that all executors see
 * @param explanations how their parts are written
 * @param failures how their parts are written
 * @param scratch folder where parts wait to be committed
 * @param hadoop how files are reached
 * @param counters what tasks tell while they run
 */
record ExplainPlan(
    ExplainerPlan explainer,
    PartFormat explanations,
    PartFormat failures,
    String scratch,
    SerializableConfiguration hadoop,
    RunCounters counters)
    implements Serializable {

  ProbePlan probe() {
    return explainer.probe();
  }

  ExplainSettings settings() {
    return explainer.settings();
  }

  /** Copies the archive to this machine. */
  Path archive() {
    return HadoopFiles.copyToLocal(explainer.archive(), hadoop.value());
  }

  /** The same with another batch. */
  ExplainPlan withBatch(int batch) {
    return new ExplainPlan(
        explainer.withBatch(batch), explanations, failures, scratch, hadoop, counters);
  }
}
