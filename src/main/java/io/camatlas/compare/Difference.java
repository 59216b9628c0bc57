package io.camatlas.compare;

import io.camatlas.atlas.FisherTest;
import io.camatlas.atlas.Moments;
import io.camatlas.atlas.Spread;
import io.camatlas.atlas.Spread.Judged;
import io.camatlas.compare.TwoSamples.Component;
import io.camatlas.compare.TwoSamples.Side;
import java.util.List;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The means of two samples, of which some images may be the same, and whether chance explains their
 * difference.
 *
 * <p>Pairs, and the images without a partner, are two strata. Their differences are weighed as
 * Mantel and Haenszel (1959) do: pairs with half their number, n and m others with {@code n m / (n
 * + m)}. So another mix of strata makes no difference. Means and shares are those of the same
 * weights; where both samples have equally many images, they are the plain ones.
 *
 * <p>Means of pairs are compared by the paired t test. Others are compared by Welch's (1947) and by
 * Student's, and the less sure of both counts: in a small sample of numbers that are mostly zero,
 * all may be, and its variance of zero would make Welch's sure of anything. Degrees of freedom of a
 * sum are Satterthwaite's (1946). Shares of pairs are tested by McNemar's exact test, those of
 * others by Fisher's, and both together by the normal approximation of their sum with a continuity
 * correction. Intervals of shares add one image to each cell before the variance is taken: Bonett
 * and Price (2012) for pairs, Agresti and Caffo (2000) for others. All tests are two-sided, all
 * intervals cover 95 %.
 *
 * <p>Where there are at least {@value #FEWEST} pairs, and one sample has fewer others, only pairs
 * are compared: the others of the larger sample would tell of the choice of images. Fewer pairs
 * count as separate images.
 *
 * @param n images of the first sample that were compared
 * @param mean their mean, or share; NaN without any
 * @param withN images of the second sample that were compared
 * @param withMean their mean
 * @param pairs images that are in both, as far as they were compared in pairs
 * @param low lower end of the interval of {@link #gap}; NaN if undefined
 * @param high upper end
 * @param p probability of a difference at least as large if there is none; NaN if one sample has
 *     fewer than {@value #FEWEST} images
 * @param rest the compared images that have no partner
 */
public record Difference(
    long n,
    double mean,
    long withN,
    double withMean,
    long pairs,
    double low,
    double high,
    double p,
    Rest rest) {
  /**
   * Images without a partner. If a few images of a dataset were replaced, the difference is theirs.
   *
   * @param n of the first sample
   * @param mean NaN without any
   * @param withN of the second sample
   * @param withMean NaN without any
   * @param p as of the whole difference, of these alone; NaN if they were not tested
   */
  public record Rest(long n, double mean, long withN, double withMean, double p) {
    static final Rest NONE = new Rest(0, Double.NaN, 0, Double.NaN, Double.NaN);

    /** How much larger the second mean is. */
    public double gap() {
      return withMean - mean;
    }
  }

  /** Fewer images of a sample are not tested. */
  public static final int FEWEST = 5;

  /** McNemar's exact test sums at most so many outcomes. */
  private static final int MOST_OUTCOMES = 10_000;

  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);
  private static final double Z = 1.959963984540054;

  /** Rounding alone moves a mean by this share of it. */
  private static final double ROUNDING = 1e-6;

  /** How much larger the second mean is. */
  public double gap() {
    return withMean - mean;
  }

  /** The share of the difference that is that of images without a partner; 0 without any. */
  public double partOfRest() {
    if (rest.n == 0 || rest.withN == 0 || gap() == 0) {
      return 0;
    }
    return Weights.of(pairs, rest.n, rest.withN).rest * rest.gap() / gap();
  }

  /** The weights of both strata, which sum to one. */
  private record Weights(double pairs, double rest) {
    static Weights of(long pairs, long n, long withN) {
      double half = pairs / 2.0;
      double others = n + withN == 0 ? 0 : (double) n * withN / (n + withN);
      return half + others == 0
          ? new Weights(Double.NaN, Double.NaN)
          : new Weights(half / (half + others), others / (half + others));
    }

    double mean(double ofPairs, double ofRest) {
      return (pairs == 0 ? 0 : pairs * ofPairs) + (rest == 0 ? 0 : rest * ofRest);
    }
  }

  private static boolean isEnough(long n, long withN) {
    return n >= FEWEST && withN >= FEWEST;
  }

  /** The strata that are compared; see above. */
  private static Component compared(Component of) {
    if (of.pairs() >= FEWEST) {
      return isEnough(of.fromOnly().count(), of.withOnly().count())
          ? of
          : new Component(of.pairs(), of.from(), of.with(), of.gap(), Moments.EMPTY, Moments.EMPTY);
    }
    return new Component(
        0, Moments.EMPTY, Moments.EMPTY, Moments.EMPTY, of.all(Side.FROM), of.all(Side.WITH));
  }

  /** Compares means. */
  public static Difference ofMeans(Component component) {
    Component of = compared(component);
    Moments from = of.fromOnly();
    Moments with = of.withOnly();
    long n = of.pairs() + from.count();
    long withN = of.pairs() + with.count();
    Weights weights = Weights.of(of.pairs(), from.count(), with.count());
    double mean = weights.mean(of.from().mean(), from.mean());
    double withMean = weights.mean(of.with().mean(), with.mean());
    Judged whole = test(of, weights, mean, withMean);
    Rest rest =
        of.pairs() == 0 || from.count() == 0
            ? Rest.NONE
            : new Rest(
                from.count(),
                from.mean(),
                with.count(),
                with.mean(),
                test(
                        new Component(0, Moments.EMPTY, Moments.EMPTY, Moments.EMPTY, from, with),
                        new Weights(0, 1),
                        from.mean(),
                        with.mean())
                    .p());
    return new Difference(
        n,
        mean,
        withN,
        withMean,
        of.pairs(),
        whole.low(),
        whole.high(),
        isEnough(n, withN) ? whole.p() : Double.NaN,
        rest);
  }

  private static Judged test(Component of, Weights weights, double mean, double withMean) {
    Spread pairs =
        of.pairs() == 0
            ? Spread.NONE
            : new Spread(of.gap().variance() / of.pairs(), of.pairs() - 1.0).times(weights.pairs);
    if (of.fromOnly().count() == 0 || of.withOnly().count() == 0) {
      return of.pairs() == 0 ? Judged.NONE : test(pairs, of.pairs(), mean, withMean);
    }
    if (Math.min(of.fromOnly().count(), of.withOnly().count()) < 2) {
      return Judged.NONE;
    }
    long coins = of.pairs() + Math.min(of.fromOnly().count(), of.withOnly().count());
    Judged surest = null;
    for (Spread rest :
        List.of(
            Spread.welch(of.fromOnly(), of.withOnly()),
            Spread.student(of.fromOnly(), of.withOnly()))) {
      Spread own = rest.times(weights.rest);
      Judged test = test(of.pairs() == 0 ? own : pairs.and(own), coins, mean, withMean);
      surest = surest == null || test.p() > surest.p() ? test : surest;
    }
    return surest;
  }

  private static Judged test(Spread spread, long coins, double mean, double withMean) {
    double gap = withMean - mean;
    double error = Math.sqrt(spread.variance());
    double size = Math.max(Math.abs(mean), Math.abs(withMean));
    if (error <= 1e-3 * ROUNDING * size) {
      boolean equal = Math.abs(gap) <= ROUNDING * size;
      return new Judged(gap, gap, equal ? 1 : Math.pow(2, 1.0 - Math.min(coins, 1_000L)));
    }
    return spread.judge(gap);
  }

  /** Compares shares: every value is 0 or 1. */
  public static Difference ofShares(Component component) {
    return of(Counts.of(component).compared());
  }

  /**
   * Images for which a class is predicted.
   *
   * @param both pairs for which it is predicted in both samples
   * @param lost pairs for which it is predicted in the first sample only
   * @param won pairs for which it is predicted in the second sample only
   * @param hits images of the first sample without a partner
   * @param withHits images of the second sample without a partner
   */
  record Predicted(long both, long lost, long won, long hits, long withHits) {}

  /**
   * Compares how often a class is predicted.
   *
   * @param n images of the first sample
   * @param withN images of the second sample
   * @param pairs images that are in both
   */
  static Difference ofCounts(Predicted predicted, long n, long withN, long pairs) {
    return of(
        new Counts(
                predicted.both,
                predicted.lost,
                predicted.won,
                pairs - predicted.both - predicted.lost - predicted.won,
                predicted.hits,
                n - pairs - predicted.hits,
                predicted.withHits,
                withN - pairs - predicted.withHits)
            .compared());
  }

  private static Difference of(Counts counts) {
    long n = counts.pairs() + counts.n();
    long withN = counts.pairs() + counts.withN();
    if (n == 0 || withN == 0) {
      return new Difference(
          n, Double.NaN, withN, Double.NaN, 0, Double.NaN, Double.NaN, Double.NaN, Rest.NONE);
    }
    Weights weights = Weights.of(counts.pairs(), counts.n(), counts.withN());
    double share = (double) counts.hits / counts.n();
    double withShare = (double) counts.withHits / counts.withN();
    double mean = weights.mean((double) (counts.both + counts.lost) / counts.pairs(), share);
    double withMean = weights.mean((double) (counts.both + counts.won) / counts.pairs(), withShare);
    double gap = withMean - mean;
    double half = Z * Math.sqrt(counts.variance(weights));
    Rest rest =
        counts.pairs() == 0 || counts.n() == 0
            ? Rest.NONE
            : new Rest(
                counts.n(),
                share,
                counts.withN(),
                withShare,
                FisherTest.p(counts.hits, counts.n(), counts.withHits, counts.withN()));
    return new Difference(
        n,
        mean,
        withN,
        withMean,
        counts.pairs(),
        Math.max(-1, gap - half),
        Math.min(1, gap + half),
        isEnough(n, withN) ? counts.p() : Double.NaN,
        rest);
  }

  /**
   * Numbers of images.
   *
   * @param both pairs that have it in both samples
   * @param lost pairs that have it in the first sample only
   * @param won pairs that have it in the second sample only
   * @param neither pairs that do not have it
   * @param hits images of the first sample without a partner that have it
   * @param misses images of the first sample without a partner that do not
   * @param withHits the same for the second sample
   * @param withMisses the same for the second sample
   */
  private record Counts(
      long both,
      long lost,
      long won,
      long neither,
      long hits,
      long misses,
      long withHits,
      long withMisses) {
    static Counts of(Component of) {
      long pairs = of.pairs();
      long first = hits(of.from());
      long second = hits(of.with());
      Moments gap = of.gap();
      long changed = Math.round(gap.m2() + pairs * gap.mean() * gap.mean());
      long won = (changed + second - first) / 2;
      long lost = changed - won;
      long both = first - lost;
      return new Counts(
          both,
          lost,
          won,
          pairs - both - lost - won,
          hits(of.fromOnly()),
          of.fromOnly().count() - hits(of.fromOnly()),
          hits(of.withOnly()),
          of.withOnly().count() - hits(of.withOnly()));
    }

    private static long hits(Moments share) {
      return Math.round(share.mean() * share.count());
    }

    long pairs() {
      return both + lost + won + neither;
    }

    long n() {
      return hits + misses;
    }

    long withN() {
      return withHits + withMisses;
    }

    /** As {@link Difference#compared}. */
    Counts compared() {
      if (pairs() >= FEWEST) {
        return isEnough(n(), withN()) ? this : new Counts(both, lost, won, neither, 0, 0, 0, 0);
      }
      return new Counts(
          0,
          0,
          0,
          0,
          hits + both + lost,
          misses + won + neither,
          withHits + both + won,
          withMisses + lost + neither);
    }

    double variance(Weights weights) {
      double variance = 0;
      if (pairs() > 0) {
        double more = pairs() + 2.0;
        double up = (won + 1) / more;
        double down = (lost + 1) / more;
        variance += weights.pairs * weights.pairs * (up + down - (up - down) * (up - down)) / more;
      }
      if (n() > 0 && withN() > 0) {
        variance += weights.rest * weights.rest * (rest(hits, n()) + rest(withHits, withN()));
      }
      return variance;
    }

    private static double rest(long hits, long n) {
      double share = (hits + 1.0) / (n + 2);
      return share * (1 - share) / (n + 2);
    }

    double p() {
      boolean paired = lost + won > 0;
      boolean apart = n() > 0 && withN() > 0 && hits + withHits > 0 && misses + withMisses > 0;
      if (!paired && !apart) {
        return 1;
      }
      if (!apart && Math.min(lost, won) <= MOST_OUTCOMES && lost + won < Integer.MAX_VALUE) {
        return mcNemar();
      }
      if (!paired) {
        return FisherTest.p(hits, n(), withHits, withN());
      }
      double off = (won - lost) / 2.0;
      double variance = (won + lost) / 4.0;
      if (apart) {
        double all = n() + withN();
        double allHits = hits + withHits;
        off += withHits - withN() * allHits / all;
        variance += n() * withN() * allHits * (all - allHits) / (all * all * (all - 1));
      }
      double z = Math.max(0, Math.abs(off) - 0.5) / Math.sqrt(variance);
      return Math.min(1, 2 * NORMAL.cumulativeProbability(-z));
    }

    private double mcNemar() {
      BinomialDistribution coins = new BinomialDistribution(null, (int) (lost + won), 0.5);
      return Math.min(1, 2 * coins.cumulativeProbability((int) Math.min(lost, won)));
    }
  }
}
