package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.TestScale;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An image's numbers depend on the image, the network and the batch's size alone; with one thread
 * for an operation, as threads share a batch out by elements.
 */
class FixedBatchTest {
  private static final int PICTURES = 7;
  private static final Offset<Float> CLOSE = Offset.offset(1e-5f);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "relu-three-times-scripted.pt, conv2, 8",
    "resnet18-traced.pt, layer4, 48",
    "resnet50-scripted.pt, layer4, 48",
    "densenet121-scripted.pt, features, 64",
    "shufflenet_v2_x0_5-scripted.pt, conv5, 48",
    "convnext_tiny-traced.pt, features.7, 64",
  })
  void numbersDoNotDependOnTheCompany(String archive, String layer, int size) throws IOException {
    try (LoadedNetwork loaded = LoadedNetwork.fixture(archive, layer, size, folder)) {
      // Without samples; an image in parts; several images with all their samples in one pass.
      assertSameBits(loaded, 0, 4);
      assertSameBits(loaded, 5, 4);
      assertSameBits(loaded, 3, 10);
      if (TestScale.FULL) {
        for (int samples : new int[] {0, 1, 3, 5, 11}) {
          for (int batch : new int[] {1, 4, 10}) {
            assertSameBits(loaded, samples, batch);
          }
        }
      }
    }
  }

  /**
   * On the CPU, matrix products round by where a row lies in memory (490 inputs make rows of 1960
   * bytes), and SiLU and its like treat the last few numbers of a batch another way.
   */
  @ParameterizedTest
  @CsvSource({
    "vgg11-traced.pt, features.18, 64",
    "mobilenet_v3_small-traced.pt, features.5, 48",
    "efficientnet_b0-scripted.pt, features.5, 48",
    "regnet_y_400mf-traced.pt, trunk_output, 48",
  })
  void someKernelsOfTheCpuDifferInTheLastBits(String archive, String layer, int size)
      throws IOException {
    try (LoadedNetwork loaded = LoadedNetwork.fixture(archive, layer, size, folder)) {
      for (int samples : new int[] {0, 3}) {
        compare(
            loaded,
            samples,
            10,
            (together, alone) -> {
              assertThat(together.prediction().probabilities())
                  .containsExactly(alone.prediction().probabilities(), CLOSE);
              for (int i = 0; i < alone.explanations().size(); i++) {
                float[] expected = alone.explanations().get(i).map().values();
                assertThat(scaled(together.explanations().get(i).map().values(), expected))
                    .containsExactly(scaled(expected, expected), CLOSE);
              }
            });
      }
    }
  }

  private static float[] scaled(float[] map, float[] reference) {
    float highest = Float.MIN_NORMAL;
    for (float value : reference) {
      highest = Math.max(highest, value);
    }
    float[] scaled = map.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= highest;
    }
    return scaled;
  }

  @Test
  void numbersOfTheDemoModelDoNotDependOnTheCompany() throws IOException {
    try (LoadedNetwork loaded = LoadedNetwork.demo(folder)) {
      for (int samples : new int[] {0, 5}) {
        for (int batch : new int[] {4, 10}) {
          assertSameBits(loaded, samples, batch);
        }
      }
    }
  }

  private static void assertSameBits(LoadedNetwork loaded, int samples, int batch) {
    compare(
        loaded,
        samples,
        batch,
        (together, alone) ->
            assertThat(together)
                .as(loaded.card.name() + ", n " + samples + ", batch " + batch)
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .withEqualsForType(Float::equals, Float.class)
                .isEqualTo(alone));
  }

  /** Explains each picture alone, then all of them in different orders. */
  private static void compare(
      LoadedNetwork loaded,
      int samples,
      int batch,
      BiConsumer<ImageOutcome.Explained, ImageOutcome.Explained> comparison) {
    ExplainSettings settings = LoadedNetwork.settings(samples, batch);
    List<ImageInput> pictures = LoadedNetwork.pictures(PICTURES);
    Map<String, ImageOutcome.Explained> alone = new HashMap<>();
    for (ImageInput picture : pictures) {
      alone.putAll(byId(loaded.explain(settings, List.of(picture))));
    }
    for (int order = 0; order < 2; order++) {
      List<ImageInput> shuffled = new ArrayList<>(pictures);
      Collections.shuffle(shuffled, new Random(order));
      Map<String, ImageOutcome.Explained> together = byId(loaded.explain(settings, shuffled));
      assertThat(together).hasSize(PICTURES);
      together.forEach((id, outcome) -> comparison.accept(outcome, alone.get(id)));
    }
  }

  private static Map<String, ImageOutcome.Explained> byId(List<ImageOutcome> outcomes) {
    Map<String, ImageOutcome.Explained> byId = new HashMap<>();
    for (ImageOutcome outcome : outcomes) {
      assertThat(outcome).isInstanceOf(ImageOutcome.Explained.class);
      byId.put(outcome.image().id(), (ImageOutcome.Explained) outcome);
    }
    return byId;
  }

  @Test
  void paddingIsSmall() throws IOException {
    try (LoadedNetwork loaded =
        LoadedNetwork.fixture("relu-three-times-scripted.pt", "conv2", 8, folder)) {
      assertThat(paddedRows(loaded, 0, 8, 100)).isEqualTo(4);
      // The last image pair of the last group is whole; only its clean pass is not.
      assertThat(paddedRows(loaded, 3, 8, 100)).isEqualTo(4);
      // Ten images in chunks of three: in each of three groups two images' three samples too many.
      assertThat(paddedRows(loaded, 3, 10, 30)).isEqualTo(3 * 2 * 3);
      // Samples that do not fit into one pass are spread over several, and none is padded.
      assertThat(paddedRows(loaded, 11, 8, 16)).isZero();
    }
  }

  @Test
  void resultsOfAGroupAreReadTwice() throws IOException {
    try (LoadedNetwork loaded =
        LoadedNetwork.fixture("relu-three-times-scripted.pt", "conv2", 8, folder)) {
      for (int samples : new int[] {0, 1, 8, 11}) {
        PassTimes times = times(loaded, samples, 8, 20);
        assertThat(times.groups()).as("n = %d", samples).isEqualTo(3);
        assertThat(times.reads()).as("n = %d", samples).isEqualTo(2 * times.groups());
      }
    }
  }

  private static long paddedRows(LoadedNetwork loaded, int samples, int batch, int images) {
    return times(loaded, samples, batch, images).paddedRows();
  }

  private static PassTimes times(LoadedNetwork loaded, int samples, int batch, int images) {
    PassClock clock = new PassClock();
    Explainer explainer = loaded.explainer(LoadedNetwork.settings(samples, batch), 0, clock);
    LoadedNetwork.all(explainer.explain(LoadedNetwork.pictures(images).iterator()));
    return clock.times();
  }
}
