package io.camatlas.spark.executor;

import io.camatlas.model.DeviceChoice;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkPool;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ScoresDifferException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The network of a task's device. */
public final class TaskNetwork {
  private static final Logger LOG = LoggerFactory.getLogger(TaskNetwork.class);

  /** Stands for the fixed image among the sizes of batches whose scores were compared. */
  private static final int CANARY = 0;

  /** The exit code of an executor whose device gives other scores than the driver's. */
  private static final int DEVICE_FAILED = 71;

  private TaskNetwork() {}

  /**
   * Leases the network until the task ends, and checks its device.
   *
   * @param archive path of the probed archive
   * @param copy gives a copy of it on this machine
   * @throws ScoresDifferException if the device gives other scores and there is no other
   */
  public static Network ofTask(
      String archive,
      ProbePlan probe,
      Precision precision,
      DeviceChoice device,
      Supplier<Path> copy) {
    TaskContext context = TaskContext.get();
    Network.prepareThread(context.cpus());
    NetworkPool.Lease lease = lease(archive, precision, device, context, copy);
    TaskCompletionListener release = ended -> lease.close();
    context.addTaskCompletionListener(release);
    check(lease.network(), probe);
    return lease.network();
  }

  /** Leases the network of the task's device; the caller closes it. */
  static NetworkPool.Lease lease(
      String archive,
      Precision precision,
      DeviceChoice device,
      TaskContext context,
      Supplier<Path> copy) {
    int address = TaskGpu.address(device, context);
    return NetworkPool.acquire(archive, device.device(address), address, precision, copy);
  }

  /**
   * Runs the fixed image whose scores are known: at every task on a GPU, and once on a CPU. On a
   * device that gives others every image would fail, or be explained wrongly, so it takes its
   * executor with it, and Spark runs the task elsewhere.
   *
   * @throws ScoresDifferException if the device gives other scores and there is no other
   */
  static void check(Network network, ProbePlan probe) {
    if (probe.check().random() || (!network.device().isGpu() && !network.isUnchecked(CANARY))) {
      return;
    }
    try {
      probe.canary().check(network, probe.input());
    } catch (ScoresDifferException e) {
      if (network.device().isGpu() && !isDriver()) {
        LOG.error("{} This executor ends.", e.getMessage());
        Runtime.getRuntime().halt(DEVICE_FAILED);
      }
      throw e;
    }
  }

  static boolean isDriver() {
    return "driver".equals(SparkEnv.get().executorId());
  }
}
