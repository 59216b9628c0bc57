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

  private static double end(double share, long n, int side) {
    double centre = share + Z * Z / (2 * n);
    double half = Z * Math.sqrt(share * (1 - share) / n + Z * Z / (4.0 * n * n));
    return (centre + side * half) / (1 + Z * Z / n);
  }
}
