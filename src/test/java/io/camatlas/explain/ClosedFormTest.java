package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One clean pass against samples, where the head is linear. */
class ClosedFormTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "resnet18-traced.pt,layer4,8,RAW",
    "resnet50-scripted.pt,layer4,5,NORMALIZED",
    "regnet_y_400mf-traced.pt,trunk_output,8,RAW",
    "mobilenet_v2-scripted.pt,features,25,RAW",
    "shufflenet_v2_x0_5-traced.pt,conv5,8,NORMALIZED",
    "efficientnet_b0-traced.pt,features,8,RAW",
    "googlenet-traced.pt,inception5b,1,RAW",
    "mnasnet0_5-scripted.pt,layers,8,RAW",
    "inception_v3-traced.pt,Mixed_7c,8,RAW",
  })
  void mapsAreThoseOfTheSamples(String archive, String layer, int samples, AlphaScaling alpha)
      throws IOException {
    int size = archive.startsWith("inception") ? 96 : 64;
    try (LoadedNetwork loaded = LoadedNetwork.fixture(archive, layer, size, folder)) {
      ExplainSettings shortcut = settings(ScoreTransform.LOGIT, alpha, samples, true);
      ExplainSettings sampled = settings(ScoreTransform.LOGIT, alpha, samples, false);
      assertThat(shortcut.isClosedForm(loaded.prepared.plan())).isTrue();
      assertThat(sampled.isClosedForm(loaded.prepared.plan())).isFalse();
      List<ImageInput> pictures = LoadedNetwork.pictures(5);
      List<ImageOutcome> one = loaded.explain(shortcut, pictures);
      List<ImageOutcome> other = loaded.explain(sampled, pictures);
      for (int i = 0; i < pictures.size(); i++) {
        List<Explanation> closed = ((ImageOutcome.Explained) one.get(i)).explanations();
        List<Explanation> averaged = ((ImageOutcome.Explained) other.get(i)).explanations();
        assertThat(closed).hasSameSizeAs(averaged);
        for (int t = 0; t < closed.size(); t++) {
          assertNear(closed.get(t).map().values(), averaged.get(t).map().values());
          assertNear(
              closed.get(t).featureMaps().weights(), averaged.get(t).featureMaps().weights());
          assertThat(closed.get(t).sampleAgreement().isPresent())
              .isEqualTo(averaged.get(t).sampleAgreement().isPresent());
          assertThat(closed.get(t).sampleAgreement().orElse(1))
              .isCloseTo(averaged.get(t).sampleAgreement().orElse(1), within(1e-5));
        }
      }
    }
  }

  @Test
  void notTakenWhereNoiseCounts() throws IOException {
    try (LoadedNetwork linear = LoadedNetwork.fixture("resnet18-traced.pt", "layer4", 64, folder);
        LoadedNetwork earlier = LoadedNetwork.fixture("resnet18-traced.pt", "layer3", 64, folder)) {
      ExplainSettings exponent = settings(ScoreTransform.EXP, AlphaScaling.RAW, 8, true);
      assertThat(exponent.isClosedForm(linear.prepared.plan())).isFalse();
      ExplainSettings logit = settings(ScoreTransform.LOGIT, AlphaScaling.RAW, 8, true);
      assertThat(logit.isClosedForm(linear.prepared.plan())).isTrue();
      assertThat(logit.isClosedForm(earlier.prepared.plan())).isFalse();
      assertThat(earlier.prepared.plan().layers().get(0).nonlinearity()).contains("relu");
      assertThat(
              settings(ScoreTransform.LOGIT, AlphaScaling.RAW, 0, true)
                  .isClosedForm(linear.prepared.plan()))
          .isFalse();
    }
  }

  private static ExplainSettings settings(
      ScoreTransform score, AlphaScaling alpha, int samples, boolean shortcut) {
    ExplainSettings any = LoadedNetwork.settings(1, 8);
    return LoadedNetwork.settings(
        new SmoothGradCamPlusPlus(
            new NoisePlan(samples, 0.15, NoiseScale.RANGE, 7), score, AlphaNumerator.SECOND, alpha),
        any.targets(),
        any.batch(),
        shortcut);
  }

  private static void assertNear(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    float largest = 0;
    for (float value : other) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < one.length; i++) {
      assertThat(one[i]).isCloseTo(other[i], within(1e-5f * largest));
    }
  }
}
