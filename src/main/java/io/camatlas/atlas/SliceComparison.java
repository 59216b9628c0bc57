package io.camatlas.atlas;

import java.util.Optional;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * One measure of a group of images beside that of the others.
 *
 * <p>Shares are compared by Fisher's exact test, or by the normal approximation where more than
 * {@value FisherTest#EXACT} tables have the same sums, and have Newcombe's interval (1998, method
 * 10). Means are compared by Welch's t test (1947) and by Student's, and the less sure of both
 * counts: a few images may have no variance of their own, which would make Welch's sure of
 * anything. All tests are two-sided, all intervals cover 95 %.
 *
 * @param slice the group
 * @param measure what is compared
 * @param n images of the group that were measured
 * @param mean their mean, or share
 * @param restN images of the others that were measured
 * @param restMean their mean, or share
 * @param low lower end of the interval of {@code mean - restMean}; NaN if undefined
 * @param high upper end
 * @param p probability of a difference at least as large if there is none; NaN if one side has
 *     fewer than {@value #FEWEST} images, or it is undefined
 */
public record SliceComparison(
    SliceState.Slice slice,
    SliceMeasure measure,
    long n,
    double mean,
    long restN,
    double restMean,
    double low,
    double high,
    double p) {
  private static final int FEWEST = 5;

  /** Compares; empty if one side was not measured. */
  static Optional<SliceComparison> of(
      SliceState.Slice slice, SliceCell rest, SliceMeasure measure) {
    Moments one = slice.cell().of(measure);
    Moments other = rest.of(measure);
    if (one.count() == 0 || other.count() == 0) {
      return Optional.empty();
    }
    boolean enough = one.count() >= FEWEST && other.count() >= FEWEST;
    double[] interval = measure.isShare() ? newcombe(one, other) : lessSure(one, other);
    double p = !enough ? Double.NaN : measure.isShare() ? fisher(one, other) : interval[2];
    return Optional.of(
        new SliceComparison(
            slice,
            measure,
            one.count(),
            one.mean(),
            other.count(),
            other.mean(),
            interval[0],
            interval[1],
            p));
  }

  private static long hits(Moments share) {
    return Math.round(share.mean() * share.count());
  }

  private static double[] newcombe(Moments one, Moments other) {
    return Wilson.ofDifference(
        (double) hits(one) / one.count(),
        one.count(),
        (double) hits(other) / other.count(),
        other.count());
  }

  private static double fisher(Moments one, Moments other) {
    return FisherTest.p(hits(one), one.count(), hits(other), other.count());
  }

  /** Of Welch's test and Student's, the one with the larger p. */
  private static double[] lessSure(Moments one, Moments other) {
    double[] welch = welch(one, other);
    double freedom = one.count() + other.count() - 2.0;
    double pooled = (one.m2() + other.m2()) / freedom;
    double error = Math.sqrt(pooled * (1.0 / one.count() + 1.0 / other.count()));
    double[] student = test(one.mean() - other.mean(), error, freedom);
    return student[2] > welch[2] || Double.isNaN(welch[2]) ? student : welch;
  }

  private static double[] welch(Moments one, Moments other) {
    double a = one.variance() / one.count();
    double b = other.variance() / other.count();
    double freedom = (a + b) * (a + b) / (a * a / (one.count() - 1) + b * b / (other.count() - 1));
    return test(one.mean() - other.mean(), Math.sqrt(a + b), freedom);
  }

  /** Low, high and p; NaN where they are undefined. */
  private static double[] test(double gap, double error, double freedom) {
    if (!(error > 0 && freedom > 0)) {
      return new double[] {Double.NaN, Double.NaN, Double.NaN};
    }
    TDistribution t = new TDistribution(null, freedom);
    double half = t.inverseCumulativeProbability(0.975) * error;
    return new double[] {
      gap - half, gap + half, 2 * t.cumulativeProbability(-Math.abs(gap) / error)
    };
  }
}
