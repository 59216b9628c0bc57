package io.camatlas.localize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SampleAgreementTest {

  @Test
  void equalMapsUpToScaleAgreeFully() {
    assertThat(SampleAgreement.of(new float[] {0, 1, 2, 0, 3, 6, 5, 6, 7}, 3, 3))
        .isCloseTo(1, within(1e-12));
  }

  @Test
  void oppositeMapsDisagreeFully() {
    assertThat(SampleAgreement.of(new float[] {0, 1, 1, 0}, 2, 2)).isCloseTo(-1, within(1e-12));
  }

  @Test
  void threeMapsByHand() {
    // Each hot cell of four against another: covariance -1/16 over variance 3/16.
    float[] maps = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
    assertThat(SampleAgreement.of(maps, 3, 4)).isCloseTo(-1 / 3.0, within(1e-12));
  }

  @Test
  void flatMapsAreLeftOut() {
    float[] maps = {0.1f, 0.1f, 0.1f, 1, 0, 2, 0, 0, 0, 2, 0, 4};
    assertThat(SampleAgreement.of(maps, 4, 3)).isCloseTo(1, within(1e-12));
  }

  @Test
  void fewerThanTwoMapsHaveNoAgreement() {
    assertThat(SampleAgreement.of(new float[0], 0, 4)).isNaN();
    assertThat(SampleAgreement.of(new float[] {1, 2}, 1, 2)).isNaN();
    assertThat(SampleAgreement.of(new float[] {1, 2, 0, 0}, 2, 2)).isNaN();
    assertThat(SampleAgreement.of(new float[] {1, 2}, 2, 1)).isNaN();
  }

  @Test
  void agreesWithTheMeanOverAllPairs() {
    Random random = new Random(7);
    for (int round = 0; round < 100; round++) {
      int samples = 2 + random.nextInt(24);
      int cells = 2 + random.nextInt(200);
      float[] shared = gaussians(random, cells);
      float[] maps = new float[samples * cells];
      float noise = random.nextFloat() * 2;
      for (int i = 0; i < maps.length; i++) {
        maps[i] = Math.max(0, 3 + shared[i % cells] + noise * (float) random.nextGaussian());
      }
      double sum = 0;
      for (int a = 0; a < samples; a++) {
        for (int b = 0; b < a; b++) {
          sum += correlation(maps, a * cells, b * cells, cells);
        }
      }
      double mean = sum / (samples * (samples - 1) / 2.0);
      assertThat(SampleAgreement.of(maps, samples, cells)).isCloseTo(mean, within(1e-9));
    }
  }

  @Test
  void badArgumentsAreNamed() {
    assertThatThrownBy(() -> SampleAgreement.of(new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Maps have 5 values; 2 samples of 3 cells need 6, and cells must be at least 1.");
    assertThatThrownBy(() -> SampleAgreement.of(new float[] {1, 2, Float.NaN, 1}, 2, 2))
        .hasMessage("Map value at index 2 (sample 1, cell 0) is NaN; saliency must be finite.");
  }

  private static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double correlation(float[] maps, int a, int b, int cells) {
    double meanA = 0;
    double meanB = 0;
    for (int i = 0; i < cells; i++) {
      meanA += maps[a + i] / (double) cells;
      meanB += maps[b + i] / (double) cells;
    }
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < cells; i++) {
      ab += (maps[a + i] - meanA) * (maps[b + i] - meanB);
      aa += (maps[a + i] - meanA) * (maps[a + i] - meanA);
      bb += (maps[b + i] - meanB) * (maps[b + i] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }
}
