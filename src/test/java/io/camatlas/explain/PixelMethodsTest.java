package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.camatlas.cam.CamMethod;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.GradientXInput;
import io.camatlas.cam.IntegratedGradients;
import io.camatlas.cam.LayerCam;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.Occlusion;
import io.camatlas.cam.PixelGrid;
import io.camatlas.cam.Saliency;
import io.camatlas.cam.SmoothGrad;
import io.camatlas.cam.Smoothed;
import io.camatlas.cam.StraightPath;
import io.camatlas.explain.ImageOutcome.Explained;
import io.camatlas.model.InputShape;
import io.camatlas.model.LabelSets;
import io.camatlas.model.Network;
import io.camatlas.model.ScoreOver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of pixels, against Captum and against gradients taken one by one. */
class PixelMethodsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/cam");
  private static final PixelGrid WHOLE = new PixelGrid(4096);
  private static final NoisePlan NOISE = new NoisePlan(7, 0.15, NoiseScale.RANGE, 7);
  private static final TargetSelection TARGETS = new TargetSelection(false, true, 2, List.of(0));

  @TempDir Path folder;

  @Test
  void mapsEqualCaptums() throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode all = json.readTree(GOLDEN.resolve("perturbed.json").toFile()).get("cases");
    for (JsonNode golden : json.readTree(GOLDEN.resolve("pixels.json").toFile()).get("cases")) {
      JsonNode asked = all.get(golden.get("of").asInt());
      JsonNode input = asked.get("input");
      int height = input.get(0).size();
      int width = input.get(0).get(0).size();
      PixelGrid coarse =
          new PixelGrid(
              Math.min(golden.get("grid").get(0).asInt(), golden.get("grid").get(1).asInt()));
      StraightPath path = new StraightPath(golden.get("steps").asInt());
      List<CamMethod> methods = new ArrayList<>();
      for (PixelGrid grid : List.of(WHOLE, coarse)) {
        methods.add(new Saliency(grid));
        methods.add(new GradientXInput(grid));
        methods.add(new IntegratedGradients(path, grid));
      }
      for (JsonNode archive : asked.get("archives")) {
        try (LoadedNetwork loaded =
            LoadedNetwork.ofInput(archive.asText(), new InputShape(3, height, width), folder)) {
          // All points of the way at once, and in parts.
          int batch = archive.asText().contains("traced") ? 60 : 3;
          List<Explanation> found =
              explained(
                      loaded,
                      methods,
                      new TargetSelection(false, false, 0, List.of(asked.get("target").asInt())),
                      List.of(numbers(input, 3 * height * width)),
                      batch)
                  .get(0)
                  .explanations();
          assertThat(found).hasSize(methods.size());
          for (int rule = 0; rule < methods.size(); rule++) {
            Explanation one = found.get(rule);
            boolean isWhole = rule < methods.size() / 2;
            assertThat(one.layer()).isEqualTo("(input)");
            assertThat(one.map().height())
                .isEqualTo(isWhole ? height : golden.get("grid").get(0).asInt());
            assertThat(one.map().width())
                .isEqualTo(isWhole ? width : golden.get("grid").get(1).asInt());
            String name = methods.get(rule).name();
            float[] expected =
                numbers(
                    golden.get("maps").get(name).get(isWhole ? 0 : 1), one.map().values().length);
            assertClose(one.map().values(), expected, name + " of " + archive);
          }
        }
      }
    }
  }

  private static void assertClose(float[] map, float[] expected, String what) {
    float most = 0;
    for (float value : expected) {
      most = Math.max(most, value);
    }
    assertThat(most).isPositive();
    for (int i = 0; i < map.length; i++) {
      assertThat((double) map[i])
          .as("%s, cell %d", what, i)
          .isCloseTo(expected[i], within(1e-5 * most));
    }
  }

  /** A batch of 20 holds all copies of two images, and pads the third. */
  @ParameterizedTest
  @CsvSource({"1,3", "2,20"})
  void smoothGradIsTheMeanOverNoisyCopies(int power, int batch) throws IOException {
    InputShape shape = new InputShape(3, 48, 40);
    try (LoadedNetwork loaded = LoadedNetwork.ofInput("resnet18-traced.pt", shape, folder);
        NDManager manager = loaded.network.newManager()) {
      List<float[]> images = List.of(slope(shape, 1), slope(shape, 2), slope(shape, 3));
      List<Explained> found =
          explained(loaded, List.of(new SmoothGrad(power, NOISE, WHOLE)), TARGETS, images, batch);
      NoisePool pool = new NoisePool(manager, 7, shape.elements());
      for (int i = 0; i < images.size(); i++) {
        int target = found.get(i).explanations().get(0).target().index();
        NDArray image = manager.create(images.get(i), new Shape(1, shape.elements()));
        float sigma = (float) (0.15 * (image.max().getFloat() - image.min().getFloat()));
        long key = found.get(i).decoded().noiseKey();
        double[] mean = new double[shape.elements()];
        for (int copy = 0; copy < NOISE.samples(); copy++) {
          NDArray noisy = image.add(pool.samples(manager, key, copy, 1).mul(sigma));
          Network.ForwardPass pass =
              loaded.network.forward(
                  loaded.prepared.plan(), noisy.reshape(1, 3, shape.height(), shape.width()));
          float[] gradient = pass.gradients(new int[] {target}, true).get(0).toFloatArray();
          for (int at = 0; at < mean.length; at++) {
            mean[at] += Math.pow(gradient[at], power) / NOISE.samples();
          }
        }
        float[] expected = new float[shape.height() * shape.width()];
        for (int at = 0; at < mean.length; at++) {
          int pixel = at % expected.length;
          expected[pixel] = Math.max(expected[pixel], (float) Math.abs(mean[at]));
        }
        assertClose(found.get(i).explanations().get(0).map().values(), expected, "image " + i);
      }
    }
  }

  @Test
  void rulesOfPixelsAndOfLayersGiveTogetherWhatEachGivesAlone() throws IOException {
    List<CamMethod> methods =
        List.of(
            new Smoothed(new LayerCam(), NOISE),
            new LayerCam(),
            new Occlusion(1),
            new Saliency(new PixelGrid(8)),
            new SmoothGrad(1, NOISE, new PixelGrid(8)),
            new IntegratedGradients(new StraightPath(5), new PixelGrid(8)));
    try (LoadedNetwork loaded =
        LoadedNetwork.fixture("resnet18-traced.pt", "layer3,layer4,(input)", 64, folder)) {
      assertThat(loaded.prepared.plan().layers().get(1).hasLinearHead()).isTrue();
      List<Explanation> together = explained(loaded, methods);
      assertThat(together).hasSize(2 * 3 * (2 * 3 + 3));
      int seen = 0;
      for (int rule = 0; rule < methods.size(); rule++) {
        int index = rule;
        List<Explanation> own = together.stream().filter(one -> one.rule() == index).toList();
        List<Explanation> alone = explained(loaded, List.of(methods.get(rule)));
        assertThat(own).hasSameSizeAs(alone);
        for (int i = 0; i < alone.size(); i++) {
          assertThat(own.get(i).layer()).isEqualTo(alone.get(i).layer());
          assertThat(own.get(i).layer().equals("(input)")).isEqualTo(rule >= 3);
          assertThat(own.get(i).map().height()).isEqualTo(alone.get(i).map().height());
          assertThat(own.get(i).map().values()).isEqualTo(alone.get(i).map().values());
          assertThat(own.get(i).sampleAgreement()).isEqualTo(alone.get(i).sampleAgreement());
          seen++;
        }
      }
      assertThat(seen).isEqualTo(together.size());
    }
  }

  /** A layer behind which scores are affine needs no copies, whatever else is explained. */
  @Test
  void aLayerKeepsItsClosedFormBesideOthers() throws IOException {
    List<CamMethod> methods = List.of(new Smoothed(new LayerCam(), NOISE));
    try (LoadedNetwork both =
            LoadedNetwork.fixture("resnet18-traced.pt", "layer3,layer4", 64, folder);
        LoadedNetwork last = LoadedNetwork.fixture("resnet18-traced.pt", "layer4", 64, folder)) {
      List<Explanation> together =
          explained(both, methods).stream().filter(one -> one.layer().equals("layer4")).toList();
      List<Explanation> alone = explained(last, methods);
      assertThat(together).hasSameSizeAs(alone);
      for (int i = 0; i < alone.size(); i++) {
        assertThat(together.get(i).sampleAgreement()).hasValue(1);
        assertClose(together.get(i).map().values(), alone.get(i).map().values(), "map " + i);
      }
    }
  }

  @Test
  void aGridHasSquareCellsAndAtMostOneForEachPixel() {
    PixelGrid grid = new PixelGrid(56);
    assertThat(grid.height(224, 224)).isEqualTo(56);
    assertThat(grid.width(224, 336)).isEqualTo(84);
    assertThat(grid.height(224, 336)).isEqualTo(56);
    assertThat(grid.height(32, 40)).isEqualTo(32);
    assertThat(grid.width(32, 40)).isEqualTo(40);
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      float[] pooled =
          new PixelGrid(2)
              .pooled(
                  manager.create(
                      new float[] {1, 2, 4, 8, 16, 32, 64, 128, 256}, new Shape(1, 3, 3)))
              .toFloatArray();
      // Each cell has four ninths of its corner, two of each side's half and one of the middle.
      assertThat(pooled[0]).isCloseTo((4 * 1 + 2 * 2 + 2 * 8 + 16) / 9f, within(1e-5f));
      assertThat(pooled[3]).isCloseTo((4 * 256 + 2 * 32 + 2 * 128 + 16) / 9f, within(1e-4f));
    }
  }

  /** Two pictures at their predicted, second and first class. */
  private static List<Explanation> explained(LoadedNetwork loaded, List<CamMethod> methods) {
    List<Explanation> all = new ArrayList<>();
    LoadedNetwork.all(
            loaded
                .explainer(settings(methods, TARGETS))
                .explain(LoadedNetwork.pictures(2).iterator()))
        .forEach(outcome -> all.addAll(((Explained) outcome).explanations()));
    return all;
  }

  /** Inputs as they are. */
  private static List<Explained> explained(
      LoadedNetwork loaded,
      List<CamMethod> methods,
      TargetSelection targets,
      List<float[]> inputs,
      int batch) {
    Preparation preparation =
        new Preparation(
            loaded.card,
            settings(methods, targets).limits(),
            loaded.prepared.plan().input(),
            new PassClock());
    List<PreparedImage> images = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      byte[] file = LoadedNetwork.picture(i);
      PreparedImage any =
          (PreparedImage) preparation.prepare(LoadedNetwork.input("image-" + i, () -> file));
      images.add(
          new PreparedImage(
              new NamedImage("image-" + i, null, Optional.empty()),
              any.decoded(),
              new Pixels.Input(inputs.get(i))));
    }
    List<Explained> all = new ArrayList<>();
    try (Explainer explainer = loaded.explainer(settings(methods, targets).withBatch(batch))) {
      Iterator<ImageOutcome> outcomes = explainer.explainPrepared(images.iterator());
      outcomes.forEachRemaining(outcome -> all.add((Explained) outcome));
    }
    return all;
  }

  private static ExplainSettings settings(List<CamMethod> methods, TargetSelection targets) {
    return new ExplainSettings(
        methods.stream()
            .map(one -> new Rule(one, FeatureMapSelection.ALL, new NeuronSelection.All()))
            .toList(),
        targets,
        LabelSets.USUAL,
        ScoreOver.WINNING,
        3,
        true,
        LoadedNetwork.settings(1, 1).limits());
  }

  private static float[] slope(InputShape shape, int seed) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (Math.sin(seed * i / 97.0) + i % (seed + 3) / 5.0);
    }
    return values;
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
