package io.camatlas.spark.executor;

import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.config.ExplainOptions;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.PassClock;
import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkPool;
import io.camatlas.model.ScoresCompared;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;

/**
 * The explainer of one task, with the network of the task's device. Close it when the task ends,
 * also if it fails. Not thread-safe.
 */
public final class TaskExplainer implements AutoCloseable {
  /** So many images in a row may fail in the network before the device is doubted. */
  private static final int IN_A_ROW = 3;

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
      TaskNetwork.check(lease.network(), plan.probe());
      NoisePlan noise = plan.settings().noise();
      NoisePool pool =
          plan.settings().isNoisy(plan.probe())
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
   * Several images in a row failed in the network: the device gets its fixed image again, and a
   * task that runs for the first time is given up, so that the images are tried elsewhere before
   * they become failures.
   */
  private void doubtDevice(ImageOutcome last) {
    TaskNetwork.check(network(), plan.probe());
    if (context.attemptNumber() == 0 && !TaskNetwork.isDriver()) {
      throw new IllegalStateException(
          IN_A_ROW
              + " images in a row failed in the network on "
              + network().device()
              + ", the last with: "
              + ((ImageOutcome.Skipped) last).detail()
              + " The task is run again, elsewhere if Spark can.");
    }
  }

  /** The network of the task's device. */
  public static NetworkPool.Lease lease(
      ExplainerPlan plan, TaskContext context, Supplier<Path> archive) {
    return TaskNetwork.lease(
        plan.archive(),
        plan.precision(),
        plan.device(),
        context,
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
    int wanted = plan.given().get(ExplainOptions.DECODERS);
    if (wanted >= 0) {
      return wanted;
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
