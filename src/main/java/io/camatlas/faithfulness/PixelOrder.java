package io.camatlas.faithfulness;

import java.util.Arrays;

/** The order in which pixels are removed or restored: by descending saliency, in equal steps. */
public final class PixelOrder {
  private PixelOrder() {}

  /**
   * The rank of each pixel by descending saliency; ties in row-major order.
   *
   * @param saliency not negative
   * @return a permutation of 0 to the number of pixels minus 1
   */
  public static int[] ranks(float[] saliency) {
    long[] keys = new long[saliency.length];
    for (int i = 0; i < keys.length; i++) {
      // The bits of non-negative floats increase with their values; adding 0 turns -0 into 0.
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

  /** Number of pixels changed after a step, from none at step 0 to all at the last. */
  static int touched(int step, int steps, int pixels) {
    return (int) ((long) step * pixels / steps);
  }

  /**
   * Area under a curve over the fraction of pixels changed, by the trapezoidal rule.
   *
   * @param values the curve at steps 0 to {@code values.length - 1}
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
