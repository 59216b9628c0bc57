package io.camatlas.atlas;

/** Wilson's 95 % interval of a share (1927). */
public final class Wilson {
  private static final double Z = 1.959963984540054;

  private Wilson() {}

  /** The higher end. */
  public static double high(double share, long n) {
    return end(share, n, 1);
  }

  /** The lower end. */
  public static double low(double share, long n) {
    return end(share, n, -1);
  }

  /**
   * Both ends of Newcombe's interval (1998, method 10) of the difference of two independent shares,
   * which joins Wilson's.
   *
   * @param share of {@code n} images
   * @param other of {@code otherN} others
   */
  public static double[] ofDifference(double share, long n, double other, long otherN) {
    double gap = share - other;
    return new double[] {
      gap - Math.hypot(share - low(share, n), high(other, otherN) - other),
      gap + Math.hypot(high(share, n) - share, other - low(other, otherN))
    };
  }

  private static double end(double share, long n, int side) {
    double centre = share + Z * Z / (2 * n);
    double half = Z * Math.sqrt(share * (1 - share) / n + Z * Z / (4.0 * n * n));
    // Rounding may lead past the ends.
    return Math.max(0, Math.min(1, (centre + side * half) / (1 + Z * Z / n)));
  }
}
