package io.camatlas.spark.explain;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ExecutorResourceRequests;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * What the tasks of {@code explain} ask of Spark beside what all tasks ask, so that they get GPUs
 * and the rest of the work does not hold any.
 *
 * <p>Where the configuration gives GPUs to every task ({@code spark.task.resource.gpu.amount}),
 * nothing is asked. Where it gives them to executors only, tasks of explain ask for their share;
 * with dynamic allocation, {@code executorGpus} has executors of their own.
 *
 * @param executorGpus GPUs of an executor that explains, with dynamic allocation; 0 takes executors
 *     as they are
 * @param tasksPerGpu tasks that share a GPU and its network, at least 1
 */
public record ExplainResources(int executorGpus, int tasksPerGpu) {
  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  private static final String DISCOVERY = "spark.executor.resource.gpu.discoveryScript";
  private static final String VENDOR = "spark.executor.resource.gpu.vendor";

  public ExplainResources {
    if (executorGpus < 0 || executorGpus > 64) {
      throw new IllegalArgumentException(
          "executor-gpus is " + executorGpus + "; it must be from 0 to 64.");
    }
    if (tasksPerGpu < 1 || tasksPerGpu > 64) {
      throw new IllegalArgumentException(
          "tasks-per-gpu is " + tasksPerGpu + "; it must be from 1 to 64.");
    }
  }

  /** The profile of explain's stages; empty where that of all stages will do. */
  Optional<ResourceProfile> profile(SparkContext spark) {
    SparkConf conf = spark.conf();
    boolean dynamic = conf.getBoolean("spark.dynamicAllocation.enabled", false);
    int configured = (int) conf.getDouble(EXECUTOR_GPUS, 0);
    int gpus = dynamic && executorGpus > 0 ? executorGpus : configured;
    if (conf.getDouble(TASK_GPUS, 0) > 0 || gpus == 0 || !managesProfiles(spark.master())) {
      return Optional.empty();
    }
    int cores = conf.getInt("spark.executor.cores", 1);
    int cpus = Math.max(1, cores / (gpus * tasksPerGpu));
    ResourceProfileBuilder builder =
        new ResourceProfileBuilder()
            .require(new TaskResourceRequests().cpus(cpus).resource("gpu", 1.0 / tasksPerGpu));
    if (dynamic) {
      builder.require(
          new ExecutorResourceRequests()
              .cores(cores)
              .memory(conf.get("spark.executor.memory", "1g"))
              .resource("gpu", gpus, conf.get(DISCOVERY, ""), conf.get(VENDOR, "")));
    }
    return Optional.of(builder.build());
  }

  /** Spark refuses profiles on its local masters. */
  private static boolean managesProfiles(String master) {
    return !master.startsWith("local");
  }

  /** Tasks of explain that run at once on what is there now. */
  int slots(SparkContext spark, Optional<ResourceProfile> profile) {
    int cores = spark.defaultParallelism();
    if (profile.isEmpty()) {
      return Math.max(1, cores / Math.max(1, spark.conf().getInt("spark.task.cpus", 1)));
    }
    int cpus = (int) profile.get().getTaskCpus().map(n -> n).getOrElse(() -> 1);
    return Math.max(1, cores / cpus);
  }
}
