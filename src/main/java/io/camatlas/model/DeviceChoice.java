package io.camatlas.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.camatlas.suggest.Choices;

/** Where networks are to live. */
public enum DeviceChoice {
  /** A GPU where the engine sees one, else the CPU. */
  AUTO,
  CPU,
  /** A GPU, and an error where there is none. */
  CUDA;

  /**
   * The device in this JVM.
   *
   * @param address index of the GPU that the task was given; ignored on the CPU
   * @throws IllegalStateException if a GPU was asked for and the engine sees none
   */
  public Device device(int address) {
    if (this == CPU) {
      return Device.cpu();
    }
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    if (gpus > address) {
      return Device.gpu(address);
    }
    if (this == AUTO && gpus == 0) {
      return Device.cpu();
    }
    throw new IllegalStateException(
        "`device` is "
            + Choices.name(this)
            + " and GPU "
            + address
            + " is needed, but PyTorch sees "
            + gpus
            + " here; set PYTORCH_FLAVOR or PYTORCH_LIBRARY_PATH to a CUDA build, or set"
            + " `device` to cpu.");
  }
}
