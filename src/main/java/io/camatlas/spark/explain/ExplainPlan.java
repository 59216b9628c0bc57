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
 * Everything that a task of the job needs besides its images.
 *
 * @param explainer how to explain; its archive is on a file system that all executors can read
 * @param explanations how parts of the table {@code explanations} are written
 * @param failures how parts of the table {@code failures} are written
 * @param scratch folder for parts that are not committed yet
 * @param marks which images earlier starts left in work
 * @param hadoop configuration for reading and writing files
 * @param counters what tasks report while they run
 */
record ExplainPlan(
    ExplainerPlan explainer,
    PartFormat explanations,
    PartFormat failures,
    String scratch,
    ImageMarks.Plan marks,
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

  /** The same plan with batches of another size or layout. */
  ExplainPlan withExplainer(ExplainerPlan other) {
    return new ExplainPlan(other, explanations, failures, scratch, marks, hadoop, counters);
  }
}
