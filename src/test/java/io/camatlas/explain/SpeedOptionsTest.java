package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import io.camatlas.TestScale;
import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever makes explaining faster gives the maps of the network with 64 bits. Not among the
 * networks is MobileNetV2: between its bottlenecks, outputs of both signs cancel in the weighted
 * sum, and 32 bits by themselves make 2e-4 of the maximum.
 */
class SpeedOptionsTest {
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  /** Archive, a layer, a later one; a residual network, one that joins, one with a gate. */
  static Stream<Arguments> networks() {
    Stream<Arguments> everyBuild =
        Stream.of(
            Arguments.of("resnet18-traced.pt", "layer3", "layer4"),
            Arguments.of("squeezenet1_1-scripted.pt", "features.9", "features.12"),
            Arguments.of("efficientnet_b0-traced.pt", "features.3", "features"));
    Stream<Arguments> nightly =
        Stream.of(
            Arguments.of("resnet50-scripted.pt", "layer3", "layer4"),
            Arguments.of("vgg11-traced.pt", "features.17", "features.19"),
            Arguments.of("densenet121-traced.pt", "features.denseblock3", "features.norm5"),
            Arguments.of("googlenet-traced.pt", "inception4e", "inception5b"));
    return TestScale.FULL ? Stream.concat(everyBuild, nightly) : everyBuild;
  }

  @ParameterizedTest
  @MethodSource("networks")
  void mapsAreThoseOf64Bits(String archive, String earlier, String last) throws IOException {
    List<ImageInput> pictures = LoadedNetwork.pictures(5);
    Map<String, float[]> exact;
    String both = earlier + "," + last;
    try (LoadedNetwork wide = LoadedNetwork.fixture(archive, both, 64, Precision.FLOAT64, folder)) {
      exact = maps(wide.explainer(settings(8, 2, 1, false)), pictures);
    }
    try (LoadedNetwork loaded = LoadedNetwork.fixture(archive, both, 64, folder)) {
      // Two layers and two targets share passes; and those of an image are split.
      for (int batch : new int[] {1, 5, 16}) {
        assertNear(
            "batch " + batch, maps(loaded.explainer(settings(8, 2, batch, true)), pictures), exact);
      }
      Network.prepareThread(2);
      assertNear("two threads", maps(loaded.explainer(settings(8, 2, 16, true)), pictures), exact);
      try (Explainer ahead = loaded.explainer(settings(8, 2, 4, true), 2, new PassClock())) {
        assertNear("decoding ahead", maps(ahead, pictures), exact);
      }
      Network.prepareThread(1);
      JniUtils.setGraphExecutorOptimize(true);
      for (int time = 0; time < TestScale.of(2, 3); time++) {
        assertNear(
            "specialised", maps(loaded.explainer(settings(8, 2, 16, true)), pictures), exact);
      }
      Network.prepareThread(1);
    }
    try (LoadedNetwork one = LoadedNetwork.fixture(archive, last, 64, folder)) {
      ExplainSettings shortcut = settings(8, 1, 16, true);
      assertNear(
          shortcut.isClosedForm(one.prepared.plan()) ? "closed form" : "one layer and target",
          maps(one.explainer(shortcut), pictures),
          exact);
    }
  }

  private static ExplainSettings settings(int samples, int targets, int batch, boolean shortcut) {
    return LoadedNetwork.settings(
        new SmoothGradCamPlusPlus(
            new NoisePlan(samples, 0.15, NoiseScale.RANGE, 7),
            ScoreTransform.LOGIT,
            AlphaNumerator.SECOND,
            AlphaScaling.RAW),
        new TargetSelection(false, false, targets, List.of()),
        batch,
        shortcut);
  }

  private static Map<String, float[]> maps(Explainer explainer, List<ImageInput> pictures) {
    Map<String, float[]> maps = new HashMap<>();
    for (ImageOutcome outcome : LoadedNetwork.all(explainer.explain(pictures.iterator()))) {
      ImageOutcome.Explained image = (ImageOutcome.Explained) outcome;
      for (Explanation explanation : image.explanations()) {
        maps.put(
            image.image().id() + " " + explanation.layer() + " " + explanation.target().index(),
            explanation.map().values());
      }
    }
    return maps;
  }

  /** All maps that both have, and all of the first must be there. */
  private static void assertNear(
      String option, Map<String, float[]> maps, Map<String, float[]> exact) {
    assertThat(exact.keySet()).as(option).containsAll(maps.keySet());
    maps.forEach(
        (name, map) -> {
          float[] reference = exact.get(name);
          double most = 0;
          double difference = 0;
          for (int i = 0; i < map.length; i++) {
            most = Math.max(most, reference[i]);
            difference = Math.max(difference, Math.abs((double) map[i] - reference[i]));
          }
          assertThat(difference).as(option + ": " + name).isLessThanOrEqualTo(TOLERANCE * most);
        });
  }
}
