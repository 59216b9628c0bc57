package io.camatlas.spark.executor;

import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** The GPU that Spark's resource scheduling gave to a task. */
public final class TaskGpu {
  /** The address if a task has no GPU. */
  public static final int NONE = -1;

  private TaskGpu() {}

  /** The address of the task's GPU, or {@link #NONE}. */
  public static int address(TaskContext context) {
    ResourceInformation gpu = context.resourcesJMap().get("gpu");
    return gpu == null || gpu.addresses().length == 0 ? NONE : Integer.parseInt(gpu.addresses()[0]);
  }
}
