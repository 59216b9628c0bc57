package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.CamMethod;
import io.camatlas.cam.GradCamPlusPlus;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often the engine is called for a group of images with one target each. */
class EngineCallsTest {
  private static final int BATCH = 8;
  private static final int SAMPLES = 8;

  @TempDir Path folder;

  private static long calls(LoadedNetwork loaded, CamMethod method, int groups) {
    EngineCalls.watch();
    Explainer explainer =
        loaded.explainer(
            LoadedNetwork.settings(
                method, new TargetSelection(false, true, 0, List.of()), BATCH, false));
    LoadedNetwork.all(explainer.explain(LoadedNetwork.pictures(groups * BATCH).iterator()));
    return EngineCalls.counted();
  }

  private static long ofAGroup(LoadedNetwork loaded, CamMethod method) {
    long few = calls(loaded, method, 2);
    return (calls(loaded, method, 6) - few) / 4;
  }

  @Test
  void aPassTakesNoMoreCallsThanItDid() throws IOException {
    try (LoadedNetwork loaded =
        LoadedNetwork.fixture("relu-three-times-scripted.pt", "conv2", BATCH, folder)) {
      GradCamPlusPlus clear = new GradCamPlusPlus(ScoreTransform.LOGIT, AlphaScaling.RAW);
      assertThat(ofAGroup(loaded, clear)).as("without noise").isBetween(50L, 155L);
      SmoothGradCamPlusPlus noisy =
          new SmoothGradCamPlusPlus(
              new NoisePlan(SAMPLES, 0.15, NoiseScale.RANGE, 7),
              ScoreTransform.EXP,
              AlphaNumerator.SECOND,
              AlphaScaling.RAW);
      // Copies of one image fill each of these passes.
      assertThat(ofAGroup(loaded, noisy) / SAMPLES).as("noisy pass").isBetween(50L, 105L);
    }
  }
}
