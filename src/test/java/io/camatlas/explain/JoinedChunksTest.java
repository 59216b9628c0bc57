package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.explain.ImageOutcome.Explained;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chunks of a group are summed one by one, and their maps computed together. */
class JoinedChunksTest {
  private static final int BATCH = 6;

  @TempDir Path folder;

  @Test
  void asManyAreJoinedAsTheDeviceMayHold() {
    assertThat(GroupPasses.joined(8, 1)).isEqualTo(8);
    assertThat(GroupPasses.joined(8, 5 << 20)).isEqualTo(2);
    assertThat(GroupPasses.joined(9, 5 << 20)).isEqualTo(3);
    assertThat(GroupPasses.joined(7, 5 << 20)).isEqualTo(1);
    assertThat(GroupPasses.joined(8, 1L << 40)).isEqualTo(1);
  }

  /** Images without a class to explain stand at the places named. */
  @ParameterizedTest
  @CsvSource({"'', 6", "0, 6", "'0,1,2', 6", "'2,3', 6", "'4,5', 6", "'', 7", "'1,5', 11"})
  void mapsAreThoseOfImagesByThemselves(String without, int count) throws IOException {
    List<String> unlabelled = List.of(without.split(","));
    List<ImageInput> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] file = LoadedNetwork.picture(i);
      String label = unlabelled.contains(Integer.toString(i)) ? "none of them" : "" + i % 3;
      images.add(new ImageInput(new NamedImage("" + i, "" + i, Optional.of(label)), () -> file));
    }
    ExplainSettings settings =
        LoadedNetwork.settings(
            new SmoothGradCamPlusPlus(
                new NoisePlan(BATCH / 2, 0.15, NoiseScale.RANGE, 7),
                ScoreTransform.EXP,
                AlphaNumerator.SECOND,
                AlphaScaling.RAW),
            new TargetSelection(true, false, 0, List.of()),
            BATCH,
            false);
    try (LoadedNetwork loaded =
        LoadedNetwork.fixture("relu-three-times-scripted.pt", "conv2", 64, folder)) {
      List<ImageOutcome> together = loaded.explain(settings, images);
      assertThat(together).hasSize(count);
      int explained = 0;
      for (int i = 0; i < count; i++) {
        if (together.get(i) instanceof Explained one) {
          Explained alone = (Explained) loaded.explain(settings, List.of(images.get(i))).get(0);
          assertThat(values(one)).as("image %d", i).isEqualTo(values(alone));
          explained++;
        }
      }
      assertThat(explained).isEqualTo(count - (without.isEmpty() ? 0 : unlabelled.size()));
    }
  }

  private static List<Object> values(Explained one) {
    Explanation explanation = one.explanations().get(0);
    List<Object> values = new ArrayList<>();
    for (float value : explanation.map().values()) {
      values.add(value);
    }
    for (float weight : explanation.featureMaps().weights()) {
      values.add(weight);
    }
    values.add(explanation.sampleAgreement());
    return values;
  }
}
