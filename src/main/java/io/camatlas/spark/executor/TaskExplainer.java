package io.camatlas.spark.executor;

import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.PassClock;
import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkPool;
import io.camatlas.model.ScoresCompared;
import io.camatlas.model.ScoresDifferException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The explainer of one task, with the network of the task's device. Close it when the task ends,
 * also if it fails. Not thread-safe.
 */
public final class TaskExplainer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskExplainer.class);
  private static final int DEVICE_FAILED = 71;

  /** So many images in a row may fail in the network before the device is doubted. */
  private static final int IN_A_ROW = 3;

  /** Stands for the fixed image among numbers of rows. */
  private static final int CANARY = 0;

  private final TaskContext context;
  private final ExplainerPlan plan;
  private final FailuresInARow failures = new FailuresInARow(IN_A_ROW);
  private final NetworkPool.Lease lease;
  private final PassClock clock = new PassClock();
  private final Explainer explainer;

  /**
   * @param context context of the task
   * @param archive supplies the probed archive; called only if this JVM does not have the network
   *     yet
   */
  public TaskExplainer(ExplainerPlan plan, TaskContext context, Supplier<Path> archive) {
    this.context = context;
    this.plan = plan;
    Network.prepareThread(context.cpus());
    this.lease = lease(plan, context, archive);
    try {
      checkDevice(lease.network(), plan);
      NoisePlan noise = plan.settings().noise();
      NoisePool pool =
          plan.settings().isSampled(plan.probe())
              ? lease.noise(noise.seed(), plan.probe().input().elements())
              : null;
      this.explainer =
          new Explainer(
              lease.network(),
              plan.probe(),
              plan.card(),
              plan.settings(),
              pool,
              decoders(plan),
              clock);
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /**
   * Runs the fixed image whose scores are known: at every task on a GPU, and once on a CPU. On a
   * device that gives others every image would fail, or be explained wrongly, so it takes its
   * executor with it, and Spark runs the task elsewhere.
   *
   * @throws ScoresDifferException if the device gives other scores and there is no other
   */
  private static void checkDevice(Network network, ExplainerPlan plan) {
    if (plan.probe().check().random()
        || (!network.device().isGpu() && !network.isUnchecked(CANARY))) {
      return;
    }
    try {
      plan.probe().canary().check(network, plan.probe().input());
    } catch (ScoresDifferException e) {
      if (network.device().isGpu() && !isDriver()) {
        LOG.error("{} This executor ends.", e.getMessage());
        Runtime.getRuntime().halt(DEVICE_FAILED);
      }
      throw e;
    }
  }

  /**
   * Several images in a row failed in the network: the device gets its fixed image again, and a
   * task that runs for the first time is given up, so that the images are tried elsewhere before
   * they become failures.
   */
  private void doubtDevice(ImageOutcome last) {
    checkDevice(network(), plan);
    if (context.attemptNumber() == 0 && !isDriver()) {
      throw new IllegalStateException(
          IN_A_ROW
              + " images in a row failed in the network on "
              + network().device()
              + ", the last with: "
              + ((ImageOutcome.Skipped) last).detail()
              + " The task is run again, elsewhere if Spark can.");
    }
  }

  private static boolean isDriver() {
    return "driver".equals(SparkEnv.get().executorId());
  }

  /** The network of the task's device. */
  public static NetworkPool.Lease lease(
      ExplainerPlan plan, TaskContext context, Supplier<Path> archive) {
    int address = TaskGpu.address(plan.device(), context);
    return NetworkPool.acquire(
        plan.archive(),
        plan.device().device(address),
        address,
        plan.precision(),
        () -> {
          ExecutorMetrics.current().add("networks", 1);
          return archive.get();
        });
  }

  /**
   * For a GPU, the task's cores decode. For the CPU, decoders would only take time away from the
   * network, but one decoder hides the wait for files on other machines.
   */
  private int decoders(ExplainerPlan plan) {
    if (plan.decoders() >= 0) {
      return plan.decoders();
    }
    return network().device().isGpu() ? Math.max(2, context.cpus()) : plan.remote() ? 1 : 0;
  }

  Network network() {
    return lease.network();
  }

  /**
   * One outcome for each input, in the order of the inputs.
   *
   * @throws TaskKilledException from the iterator, once Spark has stopped the task
   */
  public Iterator<ImageOutcome> explain(Iterator<ImageInput> inputs) {
    Iterator<ImageOutcome> outcomes = explainer.explain(inputs);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return outcomes.hasNext();
      }

      @Override
      public ImageOutcome next() {
        ImageOutcome outcome = outcomes.next();
        if (context.isInterrupted()) {
          throw new TaskKilledException("the task was stopped");
        }
        if (failures.reached(outcome) && network().device().isGpu()) {
          doubtDevice(outcome);
        }
        return outcome;
      }
    };
  }

  /** Adds time that the task spent outside the explainer. */
  public void since(Phase phase, long startNanos) {
    clock.since(phase, startNanos);
  }

  /** What the task has done so far. */
  public PassTimes times() {
    return clock.times();
  }

  /** Images of this task whose scores were compared with the model's own. */
  public ScoresCompared compared() {
    return explainer.compared();
  }

  @Override
  public void close() {
    explainer.close();
    lease.close();
  }
}
