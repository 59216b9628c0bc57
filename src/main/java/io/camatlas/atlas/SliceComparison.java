package io.camatlas.atlas;

import java.util.Optional;

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
    Spread.Judged judged = measure.isShare() ? ofShares(one, other) : lessSure(one, other);
    return Optional.of(
        new SliceComparison(
            slice,
            measure,
            one.count(),
            one.mean(),
            other.count(),
            other.mean(),
            judged.low(),
            judged.high(),
            enough ? judged.p() : Double.NaN));
  }

  private static long hits(Moments share) {
    return Math.round(share.mean() * share.count());
  }

  private static Spread.Judged ofShares(Moments one, Moments other) {
    double[] newcombe =
        Wilson.ofDifference(
            (double) hits(one) / one.count(),
            one.count(),
            (double) hits(other) / other.count(),
            other.count());
    return new Spread.Judged(
        newcombe[0], newcombe[1], FisherTest.p(hits(one), one.count(), hits(other), other.count()));
  }

  /** Of Welch's test and Student's, the one with the larger p. */
  private static Spread.Judged lessSure(Moments one, Moments other) {
    double gap = one.mean() - other.mean();
    Spread.Judged welch = Spread.welch(one, other).judge(gap);
    Spread.Judged student = Spread.student(one, other).judge(gap);
    return student.p() > welch.p() || Double.isNaN(welch.p()) ? student : welch;
  }
}
