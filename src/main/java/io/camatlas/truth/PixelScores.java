package io.camatlas.truth;

/**
 * Histograms of pixel scores, on objects and on the background; the basis of PxAP
 * (arXiv:2001.07437, section 4.1).
 *
 * @param object pixels on objects, by bin
 * @param background other pixels, by bin
 */
public record PixelScores(int[] object, int[] background) {
  /** Bins start at 0, 0.001, ..., 0.999 and 1; the last holds 1 alone. */
  public static final int BINS = 1001;

  /**
   * Counts pixels that are not to be ignored.
   *
   * @param scores 0 to 1
   * @param mask of the same pixels, with the grid values of {@link Mask}
   */
  static PixelScores of(double[] scores, byte[] mask) {
    PixelScores counts = new PixelScores(new int[BINS], new int[BINS]);
    for (int i = 0; i < scores.length; i++) {
      if (mask[i] == Mask.OBJECT) {
        counts.object[bin(scores[i])]++;
      } else if (mask[i] == Mask.BACKGROUND) {
        counts.background[bin(scores[i])]++;
      }
    }
    return counts;
  }

  /** The last bin that starts at or below the score. */
  static int bin(double score) {
    int bin = (int) (score * 1000);
    // If the product was rounded up beyond the bin's start.
    if (bin > 0 && start(bin) > score) {
      return bin - 1;
    }
    return bin < BINS - 1 && start(bin + 1) <= score ? bin + 1 : bin;
  }

  private static double start(int bin) {
    return bin == BINS - 1 ? 1 : bin * 0.001;
  }
}
