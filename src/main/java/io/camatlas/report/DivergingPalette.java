package io.camatlas.report;

/**
 * A colour for every value between -1 and 1: blue below, white at 0, red above. The ends are
 * equally dark, and told apart by readers who do not tell red from green.
 *
 * <p>The stops are those of the five-class scheme RdBu of ColorBrewer (Harrower and Brewer 2003).
 */
public final class DivergingPalette {
  private static final int[] STOPS = {0x0571b0, 0x92c5de, 0xf7f7f7, 0xf4a582, 0xca0020};

  private DivergingPalette() {}

  /**
   * The colour of a value.
   *
   * @param value below -1 counts as -1, above 1 as 1, NaN as 0
   * @return sRGB as {@code 0xRRGGBB}
   */
  public static int rgb(double value) {
    double clamped = Double.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value));
    double at = (clamped + 1) / 2 * (STOPS.length - 1);
    int below = Math.min(STOPS.length - 2, (int) at);
    double share = at - below;
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = STOPS[below] >> shift & 0xff;
      int to = STOPS[below + 1] >> shift & 0xff;
      colour |= (int) Math.round(from + share * (to - from)) << shift;
    }
    return colour;
  }
}
