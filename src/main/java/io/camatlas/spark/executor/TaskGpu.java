package io.camatlas.spark.executor;

import io.camatlas.model.DeviceChoice;
import io.camatlas.model.NativeEngine;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** The GPU that a task uses. */
public final class TaskGpu {
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  private TaskGpu() {}

  /**
   * The index of the GPU that Spark's resource scheduling gave to a task. Where Spark schedules no
   * GPUs, in a local master, tasks take turns with those that there are.
   *
   * @return {@link DeviceChoice#NONE} if the task was given none and has no choice
   * @throws IllegalStateException if Spark's address of the GPU names no device of this process
   */
  public static int address(DeviceChoice choice, TaskContext context) {
    int given = given(context);
    if (given != DeviceChoice.NONE) {
      return given;
    }
    boolean local = "driver".equals(SparkEnv.get().executorId());
    if (local && choice != DeviceChoice.CPU) {
      return turn(context.taskAttemptId(), NativeEngine.get().getGpuCount());
    }
    return DeviceChoice.NONE;
  }

  /**
   * The index of the GPU that Spark's resource scheduling gave to a task.
   *
   * @return {@link DeviceChoice#NONE} if the task was given none
   * @throws IllegalStateException if Spark's address of the GPU names no device of this process
   */
  public static int given(TaskContext context) {
    ResourceInformation gpu = context.resourcesJMap().get("gpu");
    return gpu == null || gpu.addresses().length == 0
        ? DeviceChoice.NONE
        : index(gpu.addresses()[0], System.getenv(VISIBLE));
  }

  /** The GPU of the n-th task, where several are shared by turns. */
  static int turn(long task, int gpus) {
    return gpus > 1 ? (int) (task % gpus) : DeviceChoice.NONE;
  }

  /**
   * The index of a device for PyTorch: a number, or, for a part of a GPU (MIG), its place among the
   * devices that the process may see.
   *
   * @param visible value of CUDA_VISIBLE_DEVICES; null if it is not set
   */
  static int index(String address, String visible) {
    if (address.matches("\\d{1,4}")) {
      return Integer.parseInt(address);
    }
    List<String> devices =
        visible == null ? List.of() : List.of(visible.strip().split("\\s*,\\s*"));
    int found = devices.indexOf(address);
    if (found < 0) {
      throw new IllegalStateException(
          "Spark gave this task the GPU '"
              + address
              + "', which is no number, as those of parts of GPUs (MIG) are not, and "
              + VISIBLE
              + (visible == null ? " is not set" : " is " + visible)
              + "; set it for the executors to the list of their devices, or let the discovery"
              + " script print numbers.");
    }
    return found;
  }
}
