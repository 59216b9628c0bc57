package io.camatlas.model;

import ai.djl.Device;
import io.camatlas.suggest.Choices;

/** Where networks are to live. */
public enum DeviceChoice {
  /** A GPU where the engine sees one, else the CPU. */
  AUTO,
  CPU,
  /** A GPU, and an error where there is none. */
  CUDA;

  /** The address of a task that was given no GPU. */
  public static final int NONE = -1;

  /**
   * The device in this JVM.
   *
   * @param address index of the GPU that the task was given, or {@link #NONE}; ignored on the CPU
   * @throws IllegalStateException if a GPU was asked for or given, and the engine does not see it
   * @throws NetworkException if the engine cannot be loaded
   */
  public Device device(int address) {
    return this == CPU ? Device.cpu() : device(address, NativeEngine.get().getGpuCount());
  }

  /** The same, where the engine sees so many GPUs. */
  Device device(int address, int gpus) {
    int wanted = Math.max(0, address);
    if (gpus > wanted) {
      return Device.gpu(wanted);
    }
    if (this == AUTO && gpus == 0 && address == NONE) {
      return Device.cpu();
    }
    throw new IllegalStateException(
        "`device` is "
            + Choices.name(this)
            + (address == NONE
                ? ", and a GPU is needed"
                : ", and Spark gave this task GPU " + address)
            + ", but PyTorch "
            + NativeEngine.get().getVersion()
            + " sees "
            + (gpus == 0 ? "no GPU" : gpus + " GPUs")
            + " here. "
            + NativeEngine.lookedFor()
            + " Provide a CUDA build of PyTorch, as the page on GPUs shows, or set `device` to"
            + " cpu.");
  }
}
