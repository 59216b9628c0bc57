package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.cam.AblationCam;
import io.camatlas.cam.EigenCam;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.LayerTrace;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.Occlusion;
import io.camatlas.cam.PerturbationMethod;
import io.camatlas.cam.SaliencyMaps;
import io.camatlas.cam.ScoreCam;
import io.camatlas.model.InputShape;
import io.camatlas.model.LayerName;
import io.camatlas.model.Network;
import io.camatlas.model.PreparedModel;
import io.camatlas.model.Readout;
import io.camatlas.model.TestArchives;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rules that ask the network again, against pytorch-grad-cam and Captum, and Eigen-CAM against
 * NumPy.
 */
class ChangedCopiesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/cam/perturbed.json");
  private static final Path OCCLUDED = Path.of("src/test/resources/golden/cam/occluded.json");
  private static final double TOLERANCE = 1e-4;

  /** Neither divides the numbers of feature maps. */
  private static final List<Integer> BATCHES = List.of(7, 100);

  @TempDir Path folder;

  @Test
  void mapsEqualThoseOfPython() throws IOException {
    compare(GOLDEN, golden -> List.of(new ScoreCam(), new AblationCam()));
  }

  @Test
  void occlusionEqualsCaptums() throws IOException {
    compare(OCCLUDED, golden -> List.of(new Occlusion(golden.get("patch").asInt())));
  }

  private void compare(Path file, Function<JsonNode, List<PerturbationMethod>> methods)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode all = json.readTree(GOLDEN.toFile()).get("cases");
    for (JsonNode golden : json.readTree(file.toFile()).get("cases")) {
      JsonNode asked = golden.has("of") ? all.get(golden.get("of").asInt()) : golden;
      JsonNode input = asked.get("input");
      InputShape shape = new InputShape(3, input.get(0).size(), input.get(0).get(0).size());
      for (JsonNode archive : asked.get("archives")) {
        PreparedModel prepared =
            PreparedModel.prepare(
                TorchScriptArchive.open(TestArchives.file(archive.asText())),
                ModelEntry.FORWARD,
                List.of(LayerName.parse(asked.get("layer").asText())),
                shape,
                folder);
        Network.prepareThread(1);
        try (Network network = Network.load(prepared.file(), Device.cpu());
            NDManager manager = network.newManager()) {
          NDArray image =
              manager.create(
                  numbers(input, shape.elements()), new Shape(1, 3, shape.height(), shape.width()));
          Network.ForwardPass pass = network.infer(prepared.plan(), image);
          NDArray activations = pass.activations(0);
          if (golden.get("maps").has("eigen-cam")) {
            NDArray eigen = new EigenCam().weights(LayerTrace.withoutDerivatives(activations));
            check(golden, archive, "eigen-cam", summed(eigen, activations));
          }
          NDArray target =
              manager.create(new float[] {asked.get("target").asInt()}, new Shape(1, 1));
          for (PerturbationMethod method : methods.apply(golden)) {
            for (int batch : BATCHES) {
              NDArray changed =
                  new ChangedCopies(network, prepared.plan(), 0, method, new PassClock())
                      .scores(
                          image,
                          activations,
                          target,
                          (copies, own) -> Readout.EVERYWHERE,
                          batch,
                          true)
                      .reshape(1, -1);
              NDArray clean = pass.scores().get(":, " + asked.get("target").asInt());
              NDArray weights = method.weights(activations, clean, changed);
              check(
                  golden,
                  archive,
                  method.name(),
                  method
                      .maps(activations, clean, changed)
                      .map(maps -> SaliencyMaps.of(maps, new NeuronSelection.All()))
                      .orElseGet(() -> summed(weights, activations)));
            }
          }
        }
      }
    }
  }

  @Test
  void eigenCamFindsTheLeadingVectorOfSignedMaps() {
    int cells = 15;
    for (int maps : new int[] {6, 40}) {
      try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
        Random random = new Random(maps);
        float[] values = new float[maps * cells];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian();
        }
        // Two maps that are each other's negatives, and larger than all others.
        for (int i = 0; i < cells; i++) {
          values[i] = (i % 3 == 0 ? 5 : 9) * (i % 2 == 0 ? 1 : 0.5f);
          values[cells + i] = -values[i];
        }
        NDArray activations = manager.create(values, new Shape(1, maps, 3, 5));
        float[] weights =
            new EigenCam().weights(LayerTrace.withoutDerivatives(activations)).toFloatArray();
        double[] map = new double[cells];
        double length = 0;
        double sum = 0;
        for (int k = 0; k < maps; k++) {
          length += (double) weights[k] * weights[k];
          for (int i = 0; i < cells; i++) {
            map[i] += (double) weights[k] * values[k * cells + i];
            sum += (double) weights[k] * values[k * cells + i];
          }
        }
        assertThat(length).isCloseTo(1, within(1e-5));
        assertThat(sum).isPositive();
        double size = Arrays.stream(map).map(value -> value * value).sum();
        // A'Aw is a multiple of w, by the square of the singular value.
        for (int k = 0; k < maps; k++) {
          double back = 0;
          for (int i = 0; i < cells; i++) {
            back += map[i] * values[k * cells + i];
          }
          assertThat(back).isCloseTo(size * weights[k], within(1e-4 * size));
        }
      }
    }
  }

  private static NDArray summed(NDArray weights, NDArray activations) {
    return SaliencyMaps.combine(
        weights, activations, FeatureMapSelection.ALL, new NeuronSelection.All());
  }

  private static void check(JsonNode golden, JsonNode archive, String method, NDArray maps) {
    float[] map = maps.toFloatArray();
    float[] expected = numbers(golden.get("maps").get(method), map.length);
    float most = 0;
    for (float value : expected) {
      most = Math.max(most, value);
    }
    assertThat(most).isPositive();
    for (int i = 0; i < map.length; i++) {
      assertThat((double) Math.abs(map[i] - expected[i]))
          .as("%s of %s, cell %d: %s, expected %s", method, archive, i, map[i], expected[i])
          .isLessThanOrEqualTo(TOLERANCE * most);
    }
  }

  private static float[] numbers(JsonNode nested, int count) {
    float[] numbers = new float[count];
    int at = collect(nested, numbers, 0);
    assertThat(at).isEqualTo(count);
    return numbers;
  }

  private static int collect(JsonNode node, float[] into, int from) {
    int at = from;
    if (!node.isArray()) {
      into[at] = (float) node.asDouble();
      return at + 1;
    }
    for (JsonNode item : node) {
      at = collect(item, into, at);
    }
    return at;
  }
}
