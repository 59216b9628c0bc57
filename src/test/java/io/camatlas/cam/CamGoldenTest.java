package io.camatlas.cam;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules against a literal float64 rewrite of the equations, src/test/python/cam_oracle.py. */
class CamGoldenTest {
  static Stream<Case> cases() throws IOException {
    JsonNode all =
        new ObjectMapper().readTree(Path.of("src/test/resources/golden/cam/cases.json").toFile());
    return StreamSupport.stream(all.spliterator(), false).map(Case::new);
  }

  record Case(JsonNode json) {
    @Override
    public String toString() {
      return json.get("name").asText();
    }

    int samples() {
      return json.get("gradients").size();
    }

    NDArray activations(NDManager manager) {
      return manager.create(numbers(json.get("activations")), shape(json.get("activations"), 1));
    }

    /** Samples from to to, as {@code [1,n,K,h,w]}. */
    NDArray gradients(NDManager manager, int from, int to) {
      List<Float> numbers = new ArrayList<>();
      for (int i = from; i < to; i++) {
        collect(json.get("gradients").get(i), numbers);
      }
      Shape one = shape(json.get("activations"), 1);
      return manager.create(
          floats(numbers), new Shape(1, to - from, one.get(1), one.get(2), one.get(3)));
    }

    NDArray scores(NDManager manager, int from, int to) {
      float[] scores = new float[to - from];
      for (int i = from; i < to; i++) {
        scores[i - from] = (float) json.get("scores").get(i).asDouble();
      }
      return manager.create(scores, new Shape(1, to - from));
    }

    ScoreTransform score() {
      return ScoreTransform.valueOf(upper("score"));
    }

    AlphaNumerator numerator() {
      return AlphaNumerator.valueOf(upper("numerator"));
    }

    AlphaScaling alpha() {
      return AlphaScaling.valueOf(upper("alpha"));
    }

    private String upper(String key) {
      return json.get(key).asText().toUpperCase(Locale.ROOT);
    }

    GradientMethod method() {
      return switch (json.get("method").asText()) {
        case "grad-cam" -> new GradCam();
        case "cam" -> new Cam();
        case "xgrad-cam" -> new XGradCam();
        case "layer-cam" -> new LayerCam();
        case "grad-cam++" ->
            numerator() == AlphaNumerator.SECOND ? new GradCamPlusPlus(score(), alpha()) : smooth();
        default -> smooth();
      };
    }

    SmoothGradCamPlusPlus smooth() {
      return new SmoothGradCamPlusPlus(
          new NoisePlan(samples(), 0.15, NoiseScale.RANGE, 0), score(), numerator(), alpha());
    }

    FeatureMapSelection filters() {
      List<Integer> indices = new ArrayList<>();
      json.get("filters").forEach(index -> indices.add(index.asInt()));
      return new FeatureMapSelection(indices, json.get("per_filter").asBoolean());
    }

    NeuronSelection neurons() {
      List<NeuronSelection.Cell> cells = new ArrayList<>();
      json.get("subset")
          .forEach(
              cell ->
                  cells.add(new NeuronSelection.Cell(cell.get(0).asInt(), cell.get(1).asInt())));
      if (cells.isEmpty()) {
        return new NeuronSelection.All();
      }
      return json.get("region").asBoolean()
          ? new NeuronSelection.Rectangle(cells.get(0), cells.get(1))
          : new NeuronSelection.Cells(cells);
    }

    LayerTrace trace(NDManager manager, int... ends) {
      DerivativeSums sums = new DerivativeSums(manager, method().highestOrder(), method().score());
      int from = 0;
      for (int end : ends) {
        sums.add(gradients(manager, from, end), scores(manager, from, end));
        from = end;
      }
      return sums.trace(activations(manager));
    }

    void check(LayerTrace trace) {
      NDArray weights = method().weights(trace);
      if (!json.get("weights").isNull()) {
        assertClose("weights", numbers(json.get("weights")), weights.toFloatArray());
      }
      NDArray map = SaliencyMaps.combine(weights, trace.activations(), filters(), neurons());
      assertClose("map", numbers(json.get("map")), map.toFloatArray());
      if (!json.get("filter_maps").isNull()) {
        NDArray maps = SaliencyMaps.perFilter(weights, trace.activations(), filters(), neurons());
        assertClose("filter maps", numbers(json.get("filter_maps")), maps.toFloatArray());
      }
    }

    private void assertClose(String what, float[] expected, float[] actual) {
      assertThat(actual).as(what).hasSameSizeAs(expected);
      double scale = 0;
      for (float value : expected) {
        scale = Math.max(scale, Math.abs(value));
      }
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) Math.abs(actual[i] - expected[i]))
            .as("%s[%d], expected %s, was %s", what, i, expected[i], actual[i])
            .isLessThanOrEqualTo(1e-5 * scale);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rulesEqualTheLiteralEquations(Case golden) {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      golden.check(golden.trace(manager, golden.samples()));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void samplesMayComeInParts(Case golden) {
    if (golden.samples() > 1) {
      try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
        golden.check(golden.trace(manager, 1, golden.samples()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sampleWeightsAreTheRuleWithThatSampleAlone(Case golden) {
    if (!(golden.method() instanceof SmoothGradCamPlusPlus smooth)) {
      return;
    }
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      int samples = golden.samples();
      DerivativeSums all = new DerivativeSums(manager, 3, ScoreTransform.LOGIT);
      NDArray gradients = golden.gradients(manager, 0, samples);
      all.add(gradients, golden.scores(manager, 0, samples));
      NDArray weights =
          smooth.sampleWeights(golden.activations(manager), all.scale(), gradients).orElseThrow();
      int maps = (int) weights.getShape().get(2);
      for (int sample = 0; sample < samples; sample++) {
        DerivativeSums one = new DerivativeSums(manager, 3, ScoreTransform.LOGIT);
        one.add(
            golden.gradients(manager, sample, sample + 1),
            golden.scores(manager, sample, sample + 1));
        float[] expected = smooth.weights(one.trace(golden.activations(manager))).toFloatArray();
        float[] actual = weights.get(":, " + sample).toFloatArray();
        // Both point the same way: a factor for the whole sample does not matter.
        double dot = 0;
        double a = 0;
        double b = 0;
        for (int k = 0; k < maps; k++) {
          dot += (double) expected[k] * actual[k];
          a += (double) expected[k] * expected[k];
          b += (double) actual[k] * actual[k];
        }
        if (a == 0) {
          assertThat(b).isZero();
        } else {
          assertThat(dot / Math.sqrt(a * b))
              .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
        }
      }
    }
  }

  @Test
  void noiseDependsOnSeedImageAndSampleAlone() {
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NoisePool pool = new NoisePool(manager, 5, 1000);
      NoisePool again = new NoisePool(manager, 5, 1000);
      NoisePool other = new NoisePool(manager, 6, 1000);
      float[] all = pool.samples(manager, 77, 0, 4).toFloatArray();
      float[] part = again.samples(manager, 77, 2, 1).toFloatArray();
      assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(all, 2000, 3000));
      assertThat(pool.samples(manager, 78, 2, 1).toFloatArray()).isNotEqualTo(part);
      assertThat(other.samples(manager, 77, 2, 1).toFloatArray()).isNotEqualTo(part);
      double sum = 0;
      double squares = 0;
      for (float value : all) {
        sum += value;
        squares += (double) value * value;
      }
      assertThat(sum / all.length).isBetween(-0.08, 0.08);
      assertThat(squares / all.length).isBetween(0.9, 1.1);
    }
  }

  private static Shape shape(JsonNode array, long first) {
    return new Shape(first, array.size(), array.get(0).size(), array.get(0).get(0).size());
  }

  private static float[] numbers(JsonNode array) {
    List<Float> numbers = new ArrayList<>();
    collect(array, numbers);
    return floats(numbers);
  }

  private static void collect(JsonNode node, List<Float> numbers) {
    if (node.isArray()) {
      node.forEach(item -> collect(item, numbers));
    } else {
      numbers.add((float) node.asDouble());
    }
  }

  private static float[] floats(List<Float> numbers) {
    float[] result = new float[numbers.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = numbers.get(i);
    }
    return result;
  }
}
