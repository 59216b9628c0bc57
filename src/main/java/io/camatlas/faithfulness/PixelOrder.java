package io.camatlas.faithfulness;

import java.util.Arrays;

/** In which order pixels are taken away or put back: by falling saliency, in equal steps. */
final class PixelOrder {
  private PixelOrder() {}

  /**
   * The place of each pixel in the order of falling saliency; of equals the first by rows comes
   * first.
   *
   * @param saliency not negative
   * @return a permutation of 0 to the number of pixels less 1
   */
  static int[] ranks(float[] saliency) {
    long[] keys = new long[saliency.length];
    for (int i = 0; i < keys.length; i++) {
      // Bits of floats that are not negative rise with them; adding 0 makes -0 a plain 0.
      int falling = Integer.MAX_VALUE - Float.floatToIntBits(saliency[i] + 0f);
      keys[i] = (long) falling << 32 | i;
    }
    Arrays.sort(keys);
    int[] ranks = new int[keys.length];
    for (int rank = 0; rank < keys.length; rank++) {
      ranks[(int) keys[rank]] = rank;
    }
    return ranks;
  }

  /** Pixels that are touched after a step, from none at step 0 to all at the last. */
  static int touched(int step, int steps, int pixels) {
    return (int) ((long) step * pixels / steps);
  }

  /**
   * Area under a curve over the fraction of pixels touched, by the trapezoid rule.
   *
   * @param values at steps 0 to {@code values.length - 1}
   */
  static double auc(double[] values, int pixels) {
    int steps = values.length - 1;
    double area = 0;
    for (int step = 1; step <= steps; step++) {
      int width = touched(step, steps, pixels) - touched(step - 1, steps, pixels);
      area += width * (values[step - 1] + values[step]) / 2;
    }
    return area / pixels;
  }
}
