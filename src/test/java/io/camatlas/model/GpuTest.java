package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.demo.DemoModel;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The network on a real GPU; skipped where there is none. */
@Tag("gpu")
class GpuTest {
  @TempDir Path folder;

  @BeforeEach
  void requireGpu() {
    assumeTrue(
        Engine.getEngine("PyTorch").getGpuCount() > 0,
        "PyTorch sees no GPU here, so nothing was tried on one");
  }

  @Test
  void activationsAndGradientsEqualThoseOfTheCpu() throws Exception {
    Path model = DemoModel.copyTo(folder.resolve("model"));
    PreparedModel prepared =
        PreparedModel.prepare(
            TorchScriptArchive.open(model),
            new ModelEntry("forward", Optional.empty()),
            List.of(LayerName.parse("features.14")),
            new InputShape(3, 224, 224),
            folder);
    float[] pixels = new float[4 * prepared.plan().input().elements()];
    Random random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    float[][] cpu = run(prepared, Device.cpu(), pixels);
    float[][] gpu = run(prepared, Device.gpu(0), pixels);
    for (int part = 0; part < cpu.length; part++) {
      float largest = 0;
      for (float value : cpu[part]) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < cpu[part].length; i++) {
        assertThat(Math.abs(gpu[part][i] - cpu[part][i])).isLessThanOrEqualTo(1e-3f * largest);
      }
    }
  }

  private static float[][] run(PreparedModel model, Device device, float[] pixels) {
    Network.prepareThread(1);
    try (Network network = Network.load(model.file(), device);
        NDManager manager = network.newManager()) {
      InputShape input = model.plan().input();
      NDArray images =
          manager.create(pixels, new Shape(4, input.channels(), input.height(), input.width()));
      Network.ForwardPass pass = network.forward(model.plan(), images);
      NDArray gradient = pass.gradients(new int[] {0, 1, 2, 3}, true).get(0);
      return new float[][] {
        pass.scores().toFloatArray(), pass.activations(0).toFloatArray(), gradient.toFloatArray()
      };
    }
  }
}
