package io.camatlas.spark.explain;

import io.camatlas.explain.BatchCalibration;
import io.camatlas.explain.BatchCalibration.Found;
import io.camatlas.explain.BatchCalibration.Tried;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkPool;
import io.camatlas.spark.executor.TaskExplainer;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;

/** Finds in one task, on the device that Spark gives it, how many rows a pass should have. */
final class BatchSearch {
  private BatchSearch() {}

  /**
   * Searches, and prints what was found.
   *
   * @param memory bytes that a pass may use in addition to the network
   */
  static int find(
      ExplainPlan plan,
      long memory,
      SparkContext spark,
      Optional<ResourceProfile> resources,
      PrintStream console) {
    JavaRDD<Integer> one = JavaSparkContext.fromSparkContext(spark).parallelize(List.of(0), 1);
    JavaRDD<Found> task = one.map(any -> search(plan, memory));
    if (resources.isPresent()) {
      task = task.withResources(resources.get());
    }
    Found found = task.collect().get(0);
    console.printf(Locale.ROOT, "Batches have %d rows (%s", found.batch(), found.end());
    for (Tried tried : found.tried()) {
      console.printf(
          Locale.ROOT,
          "; %d: %,.1f rows/s%s",
          tried.batch(),
          tried.rowsPerSecond(),
          tried.bytes() == 0 ? "" : ", " + (tried.bytes() >> 20) + " MB");
    }
    console.println(")");
    return found.batch();
  }

  private static Found search(ExplainPlan plan, long memory) {
    TaskContext context = TaskContext.get();
    Network.prepareThread(context.cpus());
    try (NetworkPool.Lease lease = TaskExplainer.lease(plan.explainer(), context, plan::archive)) {
      return new BatchCalibration(lease.network(), plan.probe(), plan.settings()).find(memory);
    }
  }
}
