package io.camatlas.bench;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;

/** A network used for plain inference, which explaining is compared with. */
final class PlainNetwork implements AutoCloseable {
  private final Model model;

  /** Loads an archive on the CPU; code that a probe added to it is not called. */
  PlainNetwork(Path archive) {
    model = Model.newInstance("plain", Device.cpu(), "PyTorch");
    try {
      model.load(archive);
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("PyTorch cannot load " + archive + ".", e);
    }
  }

  /** Runs images, {@code [N,C,H,W]}, and returns their scores. */
  float[] run(NDArray images) {
    try (NDManager scratch = model.getNDManager().newSubManager()) {
      NDList scores =
          model.getBlock().forward(new ParameterStore(scratch, false), new NDList(images), false);
      scores.attach(scratch);
      return scores.get(0).toFloatArray();
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
