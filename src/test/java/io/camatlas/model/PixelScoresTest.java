package io.camatlas.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.torchscript.LayerTree;
import io.camatlas.torchscript.ModelEntry;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks that score every pixel, beside PyTorch's autograd; written by segmenters.py. */
class PixelScoresTest {
  static final Path FOLDER = Path.of("src/test/resources/io/camatlas/model/segmentation");
  static final InputShape INPUT = new InputShape(3, 32, 48);

  @TempDir Path folder;

  static JsonNode golden(String name) throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile()).get(name);
  }

  private PreparedModel prepare(String name, JsonNode golden) throws IOException {
    return PreparedModel.prepare(
        TorchScriptArchive.open(FOLDER.resolve(name + ".pt")),
        ModelEntry.FORWARD,
        List.of(LayerName.parse(golden.get("layer").asText())),
        INPUT,
        folder);
  }

  /** What the scores of a network are; named after it. */
  private static ScoreKind kind(String name) {
    return switch (name) {
      case "probability" -> ScoreKind.PROBABILITIES;
      case "log-probability" -> ScoreKind.LOG_PROBABILITIES;
      default -> ScoreKind.LOGITS;
    };
  }

  private static float[] floats(JsonNode node) {
    float[] values = new float[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) node.get(i).asDouble();
    }
    return values;
  }

  private static void close(float[] found, float[] expected, double share) {
    assertThat(found).hasSameSizeAs(expected);
    float largest = 1e-3f;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - expected[i])).isLessThanOrEqualTo((float) share * largest);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet", "helper", "patches", "single", "probability", "log-probability"})
  void scoresSharesAndGradientsAreThoseOfAutograd(String name) throws IOException {
    JsonNode golden = golden(name);
    PreparedModel prepared = prepare(name, golden);
    int height = golden.get("height").asInt();
    int width = golden.get("width").asInt();
    assertThat(prepared.plan().pixels()).isEqualTo(new ScoreGrid(height, width));
    assertThat(prepared.plan().classes()).isEqualTo(golden.get("shares").size());
    Network.prepareThread(1);
    try (Network network = Network.load(prepared.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      Shape shape = new Shape(1, 3, INPUT.height(), INPUT.width());
      NDArray image = manager.create(floats(golden.get("image")), shape);
      NDArray noisy = manager.create(floats(golden.get("noisy")), shape);
      NDArray mask = manager.create(floats(golden.get("mask")), new Shape(1, height, width));
      ScoreKind kind = kind(name);
      Readout winning = Readout.winning(kind);
      NDArray won = network.infer(prepared.plan(), image, winning).pixels().orElseThrow().winners();
      assertThat(won.toLongArray())
          .isEqualTo(
              LongStream.range(0, (long) height * width)
                  .map(i -> golden.get("winners").get((int) i).asLong())
                  .toArray());
      for (JsonNode one : golden.get("cases")) {
        String over = one.get("over").asText();
        Readout clean =
            switch (over) {
              case "winning" -> winning;
              case "mask" -> Readout.of(mask, kind);
              default -> Readout.everywhere(kind);
            };
        Readout fixed = over.equals("winning") ? Readout.of(won, kind) : clean;
        int[] target = {one.get("target").asInt()};
        check(network, prepared, image, clean, target, one.get("score"), one.get("gradient"));
        check(network, prepared, image, fixed, target, one.get("score"), one.get("gradient"));
        check(
            network,
            prepared,
            noisy,
            fixed,
            target,
            one.get("noisy_score"),
            one.get("noisy_gradient"));
        Network.ForwardPass pass = network.infer(prepared.plan(), image, clean);
        close(
            pass.pixels().orElseThrow().shares().toFloatArray(),
            floats(golden.get(over.equals("mask") ? "shares_of_mask" : "shares")),
            1e-5);
        close(pass.overall().toFloatArray(), network.scores(image).toFloatArray(), 1e-5);
      }
    }
  }

  private static void check(
      Network network,
      PreparedModel prepared,
      NDArray image,
      Readout readout,
      int[] target,
      JsonNode score,
      JsonNode gradient) {
    Network.ForwardPass pass = network.forward(prepared.plan(), image, readout);
    assertThat(pass.scores().getFloat(0, target[0]))
        .isCloseTo((float) score.asDouble(), org.assertj.core.data.Offset.offset(1e-4f));
    close(pass.gradients(target, true).get(0).toFloatArray(), floats(gradient), 2e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet", "helper", "patches", "single", "probability", "log-probability"})
  void rowsOfABatchAreReadByThemselves(String name) throws IOException {
    JsonNode golden = golden(name);
    PreparedModel prepared = prepare(name, golden);
    Network.prepareThread(1);
    try (Network network = Network.load(prepared.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      Shape shape = new Shape(1, 3, INPUT.height(), INPUT.width());
      NDArray image = manager.create(floats(golden.get("image")), shape);
      NDArray noisy = manager.create(floats(golden.get("noisy")), shape);
      ScoreKind kind = kind(name);
      Readout winning = Readout.winning(kind);
      List<float[]> alone = new ArrayList<>();
      for (NDArray one : List.of(image, noisy)) {
        Network.ForwardPass pass = network.forward(prepared.plan(), one, winning);
        alone.add(pass.scores().toFloatArray());
      }
      Network.ForwardPass both = network.forward(prepared.plan(), image.concat(noisy), winning);
      close(both.scores().get("0:1").toFloatArray(), alone.get(0), 1e-4);
      close(both.scores().get("1:2").toFloatArray(), alone.get(1), 1e-4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unet", "helper", "single"})
  void theDefaultLayerLiesBeforeTheScoresAreDrawn(String name) throws IOException {
    LayerTree tree = LayerTree.of(TorchScriptArchive.open(FOLDER.resolve(name + ".pt")));
    DefaultLayer found =
        PreparedModel.outputs(tree, ModelEntry.FORWARD, INPUT).suggested().orElseThrow();
    assertThat(found.reason()).isEqualTo(DefaultLayer.Reason.WIDEST);
    assertThat(found.name().text()).isEqualTo(name.equals("helper") ? "backbone" : "bottom");
  }
}
