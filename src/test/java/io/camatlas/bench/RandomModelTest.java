package io.camatlas.bench;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.model.InputShape;
import io.camatlas.model.LayerName;
import io.camatlas.model.Network;
import io.camatlas.model.PreparedModel;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomModelTest {
  @TempDir Path folder;

  /** Numbers that vanish or explode would be computed at another speed than those of real use. */
  @ParameterizedTest
  @CsvSource({
    "SQUEEZENET1_1,features.12,512",
    "DENSENET121,features.norm5,1024",
    "RESNET50,layer4,2048"
  })
  void activationsAndGradientsAreAlive(RandomModel random, String layer, int maps)
      throws IOException {
    InputShape input = new InputShape(3, 96, 96);
    PreparedModel model =
        PreparedModel.prepare(
            TorchScriptArchive.open(random.write(folder)),
            ModelEntry.FORWARD,
            List.of(LayerName.parse(layer)),
            input,
            folder);
    assertThat(model.plan().classes()).isEqualTo(1000);
    assertThat(model.plan().layers().get(0).maps()).isEqualTo(maps);
    Network.prepareThread(1);
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      float[] pixels = new float[input.elements()];
      Random noise = new Random(1);
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) noise.nextGaussian();
      }
      Network.ForwardPass pass =
          network.forward(model.plan(), manager.create(pixels, new Shape(1, 3, 96, 96)));
      assertThat(largest(pass.scores().toFloatArray())).isBetween(1e-2f, 1e4f);
      assertThat(largest(pass.activations(0).toFloatArray())).isBetween(1e-2f, 1e4f);
      assertThat(largest(pass.gradients(new int[] {5}, true).get(0).toFloatArray()))
          .isBetween(1e-7f, 1e2f);
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
