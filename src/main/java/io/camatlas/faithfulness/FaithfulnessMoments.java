package io.camatlas.faithfulness;

import io.camatlas.atlas.Moments;

/**
 * Faithfulness of several images; parts merge in any order. Every image counts once, whatever its
 * class; NaN is not counted.
 *
 * @param averageDrop moments of {@link Faithfulness#averageDrop}; the others likewise
 */
public record FaithfulnessMoments(
    Moments averageDrop, Moments increase, Moments insertionAuc, Moments deletionAuc) {
  /** The neutral element of {@link #merge}. */
  public static final FaithfulnessMoments EMPTY =
      new FaithfulnessMoments(Moments.EMPTY, Moments.EMPTY, Moments.EMPTY, Moments.EMPTY);

  /** Returns the moments with one more image. */
  public FaithfulnessMoments with(Faithfulness image) {
    return new FaithfulnessMoments(
        with(averageDrop, image.averageDrop()),
        with(increase, image.increase()),
        with(insertionAuc, image.insertionAuc()),
        with(deletionAuc, image.deletionAuc()));
  }

  private static Moments with(Moments moments, double value) {
    return Double.isNaN(value) ? moments : moments.with(value);
  }

  /** The mean of each number; NaN where none is known. */
  public Faithfulness means() {
    return new Faithfulness(
        averageDrop.meanOrNaN(),
        increase.meanOrNaN(),
        insertionAuc.meanOrNaN(),
        deletionAuc.meanOrNaN());
  }

  /** Merges two parts. */
  public FaithfulnessMoments merge(FaithfulnessMoments other) {
    return new FaithfulnessMoments(
        averageDrop.merge(other.averageDrop),
        increase.merge(other.increase),
        insertionAuc.merge(other.insertionAuc),
        deletionAuc.merge(other.deletionAuc));
  }
}
