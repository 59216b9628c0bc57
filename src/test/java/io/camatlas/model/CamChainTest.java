package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.DerivativeSums;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.GradCam;
import io.camatlas.cam.GradientMethod;
import io.camatlas.cam.LayerCam;
import io.camatlas.cam.LayerTrace;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.SaliencyMaps;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.cam.XGradCam;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From pixels to the map, against float64 autograd in Python and against torch-cam. */
class CamChainTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/cam");

  @TempDir Path folder;

  @Test
  void smoothGradCamPlusPlusEqualsFloat64() throws IOException {
    for (JsonNode golden : json("chain.json")) {
      for (JsonNode archive : golden.get("archives")) {
        try (Loaded loaded = load(archive.asText(), golden.get("layer").asText(), 64)) {
          NDList arrays = loaded.decode("chain.npz");
          String name = golden.get("name").asText();
          int target = golden.get("target").asInt();
          NDArray images = arrays.get(name + ":input").add(arrays.get(name + ":noise"));
          Network.ForwardPass clean =
              loaded.network.infer(loaded.plan, arrays.get(name + ":input"));
          Network.ForwardPass noisy = loaded.network.forward(loaded.plan, images);
          int samples = (int) images.getShape().get(0);
          int[] targets = new int[samples];
          java.util.Arrays.fill(targets, target);
          SmoothGradCamPlusPlus method =
              new SmoothGradCamPlusPlus(
                  new NoisePlan(samples, 0.15, NoiseScale.ABSOLUTE, 0),
                  ScoreTransform.valueOf(upper(golden, "score")),
                  AlphaNumerator.valueOf(upper(golden, "numerator")),
                  AlphaScaling.valueOf(upper(golden, "alpha")));
          DerivativeSums sums = new DerivativeSums(loaded.manager, 3, method.score());
          float[] scores = noisy.scores().get(":, " + target).toFloatArray();
          sums.add(
              noisy.gradients(targets, true).get(0).expandDims(0),
              loaded.manager.create(scores, new Shape(1, samples)));
          LayerTrace trace = sums.trace(clean.activations(0));
          NDArray weights = method.weights(trace);
          assertClose(name + " weights", weights.reshape(-1), arrays.get(name + ":weights"), 1e-4);
          assertClose(
              name + " map", map(weights, trace).squeeze(0), arrays.get(name + ":map"), 1e-4);
        }
      }
    }
  }

  @Test
  void gradCamXGradCamAndLayerCamEqualTorchCam() throws IOException {
    JsonNode all = json("torchcam.json");
    JsonNode input = all.get("input");
    for (JsonNode golden : all.get("cases")) {
      for (JsonNode archive : golden.get("archives")) {
        try (Loaded loaded =
            load(archive.asText(), golden.get("layer").asText(), input.get(0).size())) {
          NDArray image = loaded.image(input);
          Network.ForwardPass pass = loaded.network.forward(loaded.plan, image);
          DerivativeSums sums = new DerivativeSums(loaded.manager, 1, ScoreTransform.LOGIT);
          NDArray gradient = pass.gradients(new int[] {golden.get("target").asInt()}, true).get(0);
          sums.add(gradient.expandDims(1), loaded.manager.zeros(new Shape(1, 1)));
          LayerTrace trace = sums.trace(pass.activations(0));
          for (GradientMethod method : List.of(new GradCam(), new XGradCam(), new LayerCam())) {
            NDArray expected = loaded.map(golden.get("maps").get(method.name()));
            NDArray actual = map(method.weights(trace), trace).squeeze(0);
            assertClose(archive.asText() + " " + method.name(), actual, expected, 1e-4);
          }
        }
      }
    }
  }

  private static NDArray map(NDArray weights, LayerTrace trace) {
    return SaliencyMaps.combine(
        weights, trace.activations(), FeatureMapSelection.ALL, new NeuronSelection.All());
  }

  private static String upper(JsonNode node, String key) {
    return node.get(key).asText().toUpperCase(Locale.ROOT);
  }

  private static JsonNode json(String name) throws IOException {
    return new ObjectMapper().readTree(GOLDEN.resolve(name).toFile());
  }

  private static void assertClose(String what, NDArray actual, NDArray expected, double tolerance) {
    assertThat(actual.getShape()).as(what).isEqualTo(expected.getShape());
    float scale = expected.abs().max().getFloat();
    assertThat(scale).as(what).isPositive();
    assertThat((double) actual.sub(expected).abs().max().getFloat())
        .as(what)
        .isLessThanOrEqualTo(tolerance * scale);
  }

  private Loaded load(String archive, String layer, int size) throws IOException {
    PreparedModel prepared =
        PreparedModel.prepare(
            TorchScriptArchive.open(TestArchives.file(archive)),
            ModelEntry.FORWARD,
            List.of(LayerName.parse(layer)),
            new InputShape(3, size, size),
            folder);
    Network.prepareThread(1);
    Network network = Network.load(prepared.file(), Device.cpu());
    return new Loaded(prepared.plan(), network, network.newManager());
  }

  private record Loaded(ProbePlan plan, Network network, NDManager manager)
      implements AutoCloseable {
    NDList decode(String name) throws IOException {
      try (InputStream in = Files.newInputStream(GOLDEN.resolve(name))) {
        return NDList.decode(manager, in);
      }
    }

    NDArray image(JsonNode node) {
      java.util.List<Float> numbers = new java.util.ArrayList<>();
      collect(node, numbers);
      return array(numbers).reshape(1, 3, plan.input().height(), plan.input().width());
    }

    NDArray map(JsonNode node) {
      java.util.List<Float> numbers = new java.util.ArrayList<>();
      collect(node, numbers);
      return array(numbers).reshape(node.size(), node.get(0).size());
    }

    private NDArray array(java.util.List<Float> numbers) {
      float[] values = new float[numbers.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = numbers.get(i);
      }
      return manager.create(values);
    }

    private static void collect(JsonNode node, java.util.List<Float> numbers) {
      if (node.isArray()) {
        node.forEach(item -> collect(item, numbers));
      } else {
        numbers.add((float) node.asDouble());
      }
    }

    @Override
    public void close() {
      manager.close();
      network.close();
    }
  }
}
