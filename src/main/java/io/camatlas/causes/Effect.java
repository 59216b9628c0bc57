package io.camatlas.causes;

import io.camatlas.atlas.Moments;
import io.camatlas.atlas.Wilson;
import java.util.ArrayList;
import java.util.List;

/**
 * What one test did, over the images that it was made on.
 *
 * <p>Beside every intervention stands a control, the same done to as much elsewhere. An effect is
 * what the intervention did beyond its control, image by image; without a control, beyond the image
 * as it was. It is positive if the class became less probable by covering or by setting to zero,
 * and if it became more probable by pasting.
 *
 * @param n number of images
 * @param probability mean probability of the class in the images that could be shown
 * @param predicted share of the images that are predicted as the class
 * @param ofProbability effect on the probability, with its interval
 * @param ofPrediction effect on the share, with its interval
 */
public record Effect(
    CauseTest test,
    long n,
    Means probability,
    Means predicted,
    Interval ofProbability,
    Interval ofPrediction) {
  /**
   * A mean over the same images in three states.
   *
   * @param before as they were
   * @param after the intervention
   * @param control the same done elsewhere; NaN without a control
   */
  public record Means(double before, double after, double control) {}

  /**
   * A mean and its 95 % interval; NaN where there are too few images. Intervals of probabilities
   * are Student's. Those of shares are Newcombe's for paired differences: Student's has no width
   * where all images agree.
   *
   * @param mean -1 to 1
   */
  public record Interval(double mean, double low, double high) {
    static Interval of(Moments moments) {
      double half = moments.halfWidth95();
      double mean = moments.meanOrNaN();
      return new Interval(mean, mean - half, mean + half);
    }

    /** The difference of two shares, taken as independent. */
    static Interval ofShares(double share, long n, double other, long otherN) {
      double[] ends = Wilson.ofDifference(share, n, other, otherN);
      return new Interval(share - other, ends[0], ends[1]);
    }

    /** This beyond another one, taken as independent. */
    Interval beyond(Interval other) {
      double half = Math.hypot((high - low) / 2, (other.high - other.low) / 2);
      double difference = mean - other.mean;
      return new Interval(difference, difference - half, difference + half);
    }

    /** Whether the interval lies at or above a number. */
    public boolean isAtLeast(double least) {
      return mean >= least && low > 0;
    }

    /** Whether even its high end is below a number. */
    public boolean isBelow(double most) {
      return high < most;
    }
  }

  /**
   * An image in three states.
   *
   * @param control null without a control
   */
  public record Outcome(Said before, Said after, Said control) {}

  /**
   * What the network says of a picture, or on average of several.
   *
   * @param probability of the class; NaN where nothing could be shown, which counts in shares alone
   * @param share 1 if the class is the most probable one, else 0
   */
  public record Said(double probability, double share) {}

  /** The effect over some images. */
  public static Effect of(CauseTest test, List<Outcome> outcomes) {
    int sign = test.isPasting() ? 1 : -1;
    Moments probability = Moments.EMPTY;
    List<PairedShares.Pair> predictions = new ArrayList<>();
    double[] sums = new double[6];
    int shown = 0;
    boolean controlled = !outcomes.isEmpty();
    for (Outcome outcome : outcomes) {
      Said control = outcome.control();
      controlled &= control != null;
      Said against = control == null ? outcome.before() : control;
      if (!Double.isNaN(outcome.after().probability())) {
        shown++;
        probability =
            probability.with(sign * (outcome.after().probability() - against.probability()));
        sums[0] += outcome.before().probability();
        sums[1] += outcome.after().probability();
        sums[2] += against.probability();
      }
      predictions.add(
          sign > 0
              ? new PairedShares.Pair(outcome.after().share(), against.share())
              : new PairedShares.Pair(against.share(), outcome.after().share()));
      sums[3] += outcome.before().share();
      sums[4] += outcome.after().share();
      sums[5] += against.share();
    }
    int n = outcomes.size();
    return new Effect(
        test,
        n,
        new Means(sums[0] / shown, sums[1] / shown, controlled ? sums[2] / shown : Double.NaN),
        new Means(sums[3] / n, sums[4] / n, controlled ? sums[5] / n : Double.NaN),
        Interval.of(probability),
        PairedShares.difference(predictions));
  }

  public boolean hasControl() {
    return !Double.isNaN(probability.control());
  }
}
