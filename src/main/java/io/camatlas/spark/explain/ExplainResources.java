package io.camatlas.spark.explain;

import io.camatlas.config.ExplainOptions;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ExecutorResourceRequests;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * What the tasks of {@code explain} request from Spark in addition to what all tasks request, so
 * that they get GPUs and other tasks do not occupy any.
 *
 * <p>If the configuration gives GPUs to every task ({@code spark.task.resource.gpu.amount}),
 * nothing more is requested. If it gives them only to executors, tasks of explain request their
 * share. With dynamic allocation, {@code executorGpus} requests separate executors for them.
 *
 * @param executorGpus with dynamic allocation, GPUs of an executor that explains; 0 uses executors
 *     as they are
 * @param tasksPerGpu number of tasks that share a GPU and its network, 1 to 64; fewer where an
 *     executor has fewer cores
 */
public record ExplainResources(int executorGpus, int tasksPerGpu) {
  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  private static final String DISCOVERY = "spark.executor.resource.gpu.discoveryScript";
  private static final String VENDOR = "spark.executor.resource.gpu.vendor";

  public ExplainResources {
    if (executorGpus < 0 || executorGpus > 64) {
      throw new IllegalArgumentException(
          "`executor-gpus` is " + executorGpus + "; it must be from 0 to 64.");
    }
    if (tasksPerGpu < 1 || tasksPerGpu > 64) {
      throw new IllegalArgumentException(
          "`tasks-per-gpu` is " + tasksPerGpu + "; it must be from 1 to 64.");
    }
  }

  /** The resource profile for the stages of explain; empty if the default profile is enough. */
  Optional<ResourceProfile> profile(SparkContext spark) {
    SparkConf conf = spark.conf();
    boolean dynamic = conf.getBoolean("spark.dynamicAllocation.enabled", false);
    int configured = (int) conf.getDouble(EXECUTOR_GPUS, 0);
    int gpus = dynamic && executorGpus > 0 ? executorGpus : configured;
    if (conf.getDouble(TASK_GPUS, 0) > 0 || gpus == 0 || !managesProfiles(spark.master())) {
      return Optional.empty();
    }
    int cores = conf.getInt("spark.executor.cores", 1);
    // Spark fills one GPU before it takes the next, so that with fewer cores some would have none.
    // Standalone clusters take all cores of a worker where their number is not set.
    boolean known = conf.contains("spark.executor.cores");
    int sharing = known ? Math.max(1, Math.min(tasksPerGpu, cores / gpus)) : tasksPerGpu;
    int cpus = Math.max(1, cores / (gpus * sharing));
    ResourceProfileBuilder builder =
        new ResourceProfileBuilder()
            .require(new TaskResourceRequests().cpus(cpus).resource("gpu", 1.0 / sharing));
    if (dynamic) {
      builder.require(
          new ExecutorResourceRequests()
              .cores(cores)
              .memory(conf.get("spark.executor.memory", "1g"))
              .resource("gpu", gpus, conf.get(DISCOVERY, ""), conf.get(VENDOR, "")));
    }
    return Optional.of(builder.build());
  }

  /**
   * Why what was given of GPUs has no effect, in a sentence; empty if it has one, or nothing was.
   */
  Optional<String> withoutEffect(SparkConf conf) {
    boolean dynamic = conf.getBoolean("spark.dynamicAllocation.enabled", false);
    boolean asksGpus = executorGpus > 0;
    boolean shares =
        !String.valueOf(tasksPerGpu).equals(ExplainOptions.TASKS_PER_GPU.defaultValue());
    if (!asksGpus && !shares) {
      return Optional.empty();
    }
    String given =
        asksGpus && shares
            ? "`executor-gpus` and `tasks-per-gpu` have"
            : asksGpus ? "`executor-gpus` has" : "`tasks-per-gpu` has";
    if (!managesProfiles(conf.get("spark.master", "local"))) {
      return Optional.of(given + " no effect: Spark runs on this machine alone.");
    }
    if (conf.getDouble(TASK_GPUS, 0) > 0) {
      return Optional.of(given + " no effect: %s is set.".formatted(TASK_GPUS));
    }
    if (asksGpus && !dynamic) {
      return Optional.of(
          "`executor-gpus` has no effect without spark.dynamicAllocation.enabled; executors have the GPUs that %s says."
              .formatted(EXECUTOR_GPUS));
    }
    return asksGpus || conf.getDouble(EXECUTOR_GPUS, 0) > 0
        ? Optional.empty()
        : Optional.of(
            "`tasks-per-gpu` has no effect: executors have no GPUs; set %s."
                .formatted(EXECUTOR_GPUS));
  }

  /** Spark does not support resource profiles on local masters. */
  private static boolean managesProfiles(String master) {
    return !master.startsWith("local");
  }

  /** Number of explain tasks that can run at once on the executors present now. */
  int slots(SparkContext spark, Optional<ResourceProfile> profile) {
    int cores = spark.defaultParallelism();
    if (profile.isEmpty()) {
      return Math.max(1, cores / Math.max(1, spark.conf().getInt("spark.task.cpus", 1)));
    }
    int cpus = (int) profile.get().getTaskCpus().map(n -> n).getOrElse(() -> 1);
    return Math.max(1, cores / cpus);
  }
}
