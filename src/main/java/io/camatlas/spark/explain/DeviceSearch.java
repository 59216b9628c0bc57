package io.camatlas.spark.explain;

import io.camatlas.explain.BatchCalibration;
import io.camatlas.explain.BatchCalibration.Tried;
import io.camatlas.explain.LayoutCalibration;
import io.camatlas.model.Layout;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkException;
import io.camatlas.model.NetworkPool;
import io.camatlas.spark.executor.TaskExplainer;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.resource.ResourceProfile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds in one task, on the device that Spark gives it, how passes are fastest there.
 *
 * @param spark where tasks run
 * @param resources what a task asks for
 * @param console where it prints what was found
 */
record DeviceSearch(SparkContext spark, Optional<ResourceProfile> resources, PrintStream console) {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceSearch.class);

  /** A question to a network. */
  private interface Question<T> extends Serializable {
    T ask(Network network);
  }

  /**
   * How many rows a pass should have.
   *
   * @param memory bytes that a pass may use in addition to the network
   */
  int batch(ExplainPlan plan, long memory) {
    BatchCalibration.Found found =
        inTask(
            plan,
            network -> new BatchCalibration(network, plan.probe(), plan.settings()).find(memory));
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

  /** In which layout passes are fastest; only for a network whose scores are equal in both. */
  Layout layout(ExplainPlan plan) {
    LayoutCalibration.Found found =
        inTask(
            plan,
            network -> {
              try {
                return LayoutCalibration.find(network, plan.probe(), plan.settings());
              } catch (NetworkException e) {
                LOG.debug("Layouts cannot be compared on noise.", e);
                return LayoutCalibration.Found.UNKNOWN;
              }
            });
    if (found.layout() == Layout.PLANAR) {
      console.printf(
          Locale.ROOT,
          "Batches keep the layout that the model was exported with: channels last takes %.2f times"
              + " as long.%n",
          found.channelsLast() / found.planar());
    }
    return found.layout();
  }

  private <T> T inTask(ExplainPlan plan, Question<T> question) {
    JavaRDD<Integer> one = JavaSparkContext.fromSparkContext(spark).parallelize(List.of(0), 1);
    Function<Integer, T> task =
        any -> {
          TaskContext context = TaskContext.get();
          Network.prepareThread(context.cpus());
          try (NetworkPool.Lease lease =
              TaskExplainer.lease(plan.explainer(), context, plan::archive)) {
            return question.ask(lease.network());
          }
        };
    JavaRDD<T> asked = one.map(task);
    return (resources.isPresent() ? asked.withResources(resources.get()) : asked).collect().get(0);
  }
}
