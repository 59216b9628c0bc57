package io.camatlas.atlas;

import org.apache.commons.math3.distribution.HypergeometricDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;

/** Fisher's exact test of two shares (1935), two-sided. */
public final class FisherTest {
  /** Beyond so many tables with the same sums, the normal approximation is used. */
  static final int EXACT = 10_000;

  /** Tables that are no more likely than the one seen are summed, to rounding. */
  private static final double EQUALLY = 1 + 1e-7;

  private FisherTest() {}

  /**
   * The probability of a difference at least as large if there is none.
   *
   * @param hits of {@code n} images
   * @param otherHits of {@code otherN} images
   */
  public static double p(long hits, long n, long otherHits, long otherN) {
    long all = n + otherN;
    long allHits = hits + otherHits;
    long tables = Math.min(Math.min(n, otherN), Math.min(allHits, all - allHits));
    if (tables > EXACT || all > Integer.MAX_VALUE) {
      double pooled = (double) allHits / all;
      double error = Math.sqrt(pooled * (1 - pooled) * (1.0 / n + 1.0 / otherN));
      double gap = Math.abs((double) hits / n - (double) otherHits / otherN);
      return error == 0
          ? 1
          : 2 * new NormalDistribution(null, 0, 1).cumulativeProbability(-gap / error);
    }
    HypergeometricDistribution counts =
        new HypergeometricDistribution(null, (int) all, (int) allHits, (int) n);
    double likely = counts.probability((int) hits) * EQUALLY;
    double p = 0;
    for (int i = counts.getSupportLowerBound(); i <= counts.getSupportUpperBound(); i++) {
      double probability = counts.probability(i);
      p += probability <= likely ? probability : 0;
    }
    return Math.min(1, p);
  }
}
