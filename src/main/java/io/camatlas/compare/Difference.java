package io.camatlas.compare;

import io.camatlas.atlas.FisherTest;
import io.camatlas.atlas.Moments;
import io.camatlas.compare.TwoSamples.Component;
import io.camatlas.compare.TwoSamples.Side;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The means of two samples, of which some images may be the same, and whether chance explains their
 * difference.
 *
 * <p>Pairs, and the rest of each sample, are three strata. The difference of the means is a
 * weighted sum over them, and so is its variance; degrees of freedom are Satterthwaite's (1946).
 * With pairs only, this is the paired t test, and without any it is Welch's (1947). Shares are
 * tested by McNemar's exact test where all are pairs, by Fisher's where none are, and by the sum of
 * both deviations from what chance gives, with a continuity correction, where some are. Their
 * intervals add one image to each cell before the variance is taken: Bonett and Price (2012) for
 * pairs, Agresti and Caffo (2000) for the rest. All tests are two-sided, all intervals cover 95 %.
 *
 * <p>Where there are at least {@value #FEWEST} pairs, and one sample has fewer images without a
 * partner, only pairs are compared.
 *
 * @param n images of the first sample that were compared
 * @param mean their mean, or share; NaN without any
 * @param withN images of the second sample that were compared
 * @param withMean their mean
 * @param pairs images that are in both
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
   */
  public record Rest(long n, double mean, long withN, double withMean) {
    static final Rest NONE = new Rest(0, Double.NaN, 0, Double.NaN);

    private static Rest of(Component of) {
      return new Rest(
          of.fromOnly().count(),
          of.fromOnly().meanOrNaN(),
          of.withOnly().count(),
          of.withOnly().meanOrNaN());
    }
  }

  /** Fewer images of a sample are not tested. */
  public static final int FEWEST = 5;

  /** McNemar's exact test sums at most so many outcomes. */
  private static final int MOST_OUTCOMES = 10_000;

  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);
  private static final double Z = 1.959963984540054;

  /** How much larger the second mean is. */
  public double gap() {
    return withMean - mean;
  }

  private static Difference of(Component of, double low, double high, double p) {
    Moments from = of.all(Side.FROM);
    Moments with = of.all(Side.WITH);
    boolean enough = from.count() >= FEWEST && with.count() >= FEWEST;
    return new Difference(
        from.count(),
        from.meanOrNaN(),
        with.count(),
        with.meanOrNaN(),
        of.pairs(),
        low,
        high,
        enough ? p : Double.NaN,
        Rest.of(of));
  }

  /** A part of a difference's variance. */
  private record Part(double variance, double freedom) {}

  /**
   * What is compared: with enough pairs, only these where one sample has few other images. The rest
   * of the other sample would tell of its choice of images, and a few images tell of themselves.
   */
  private static Component compared(Component of) {
    boolean few = Math.min(of.fromOnly().count(), of.withOnly().count()) < FEWEST;
    return few && of.pairs() >= FEWEST
        ? new Component(of.pairs(), of.from(), of.with(), of.gap(), Moments.EMPTY, Moments.EMPTY)
        : of;
  }

  /** Compares means. */
  public static Difference ofMeans(Component component) {
    Component of = compared(component);
    Moments from = of.all(Side.FROM);
    Moments with = of.all(Side.WITH);
    if (from.count() == 0 || with.count() == 0) {
      return of(of, Double.NaN, Double.NaN, Double.NaN);
    }
    // One pair alone has no variance, so it counts as two images.
    boolean alone = of.pairs() == 1;
    long pairs = alone ? 0 : of.pairs();
    Moments fromOnly = alone ? from : of.fromOnly();
    Moments withOnly = alone ? with : of.withOnly();
    List<Part> parts = new ArrayList<>();
    if (pairs > 0) {
      parts.add(new Part(ofPairs(of, from.count(), with.count()), pairs - 1.0));
    }
    Moments inPairs = alone ? Moments.EMPTY : of.from();
    Moments withInPairs = alone ? Moments.EMPTY : of.with();
    addRest(parts, fromOnly, List.of(inPairs, withOnly), from.count());
    addRest(parts, withOnly, List.of(withInPairs, fromOnly), with.count());
    double gap = with.mean() - from.mean();
    double variance = parts.stream().mapToDouble(Part::variance).sum();
    if (Double.isNaN(variance)) {
      return of(of, Double.NaN, Double.NaN, Double.NaN);
    }
    double error = Math.sqrt(variance);
    // Rounding alone moves a mean by so much.
    if (error <= 1e-9 * Math.max(Math.abs(from.mean()), Math.abs(with.mean()))) {
      boolean equal = Math.abs(gap) <= 1e-6 * Math.max(Math.abs(from.mean()), 1e-6);
      double coins = pairs + Math.min(fromOnly.count(), withOnly.count());
      return of(of, gap, gap, equal ? 1 : Math.pow(2, 1 - Math.min(coins, 1_000)));
    }
    double freedom =
        variance
            * variance
            / parts.stream()
                .filter(part -> part.variance > 0)
                .mapToDouble(part -> part.variance * part.variance / part.freedom)
                .sum();
    TDistribution t = new TDistribution(null, freedom);
    double half = t.inverseCumulativeProbability(0.975) * error;
    return of(of, gap - half, gap + half, 2 * t.cumulativeProbability(-Math.abs(gap) / error));
  }

  /** Variance of what pairs add to the difference of the means. */
  private static double ofPairs(Component of, long n, long withN) {
    double weight = (double) of.pairs() / n;
    double withWeight = (double) of.pairs() / withN;
    double variance =
        weight * withWeight * of.gap().variance()
            + (withWeight - weight)
                * (withWeight * of.with().variance() - weight * of.from().variance());
    return Math.max(0, variance) / of.pairs();
  }

  /** Adds what images without a partner add to the variance. */
  private static void addRest(List<Part> parts, Moments rest, List<Moments> instead, long all) {
    if (rest.count() == 0) {
      return;
    }
    Moments known = rest;
    for (Moments other : instead) {
      if (known.count() < 2) {
        known = other;
      }
    }
    double weight = (double) rest.count() / all;
    parts.add(new Part(weight * weight * known.variance() / rest.count(), known.count() - 1.0));
  }

  /** Compares shares: every value is 0 or 1. */
  public static Difference ofShares(Component component) {
    Component of = compared(component);
    Moments from = of.all(Side.FROM);
    Moments with = of.all(Side.WITH);
    if (from.count() == 0 || with.count() == 0) {
      return of(of, Double.NaN, Double.NaN, Double.NaN);
    }
    Counts counts = Counts.of(of);
    double gap = with.mean() - from.mean();
    double half = Z * Math.sqrt(counts.variance(from.count(), with.count()));
    return of(of, Math.max(-1, gap - half), Math.min(1, gap + half), counts.p());
  }

  /**
   * Images for which a class is predicted.
   *
   * @param both in both samples
   * @param fromOnly in the first sample only
   * @param withOnly in the second sample only
   */
  record Predicted(long both, long fromOnly, long withOnly) {}

  /**
   * Compares how often a class is predicted. Where all images are in both samples, they are pairs;
   * else nothing is known of which are.
   *
   * @param n images of the first sample
   * @param withN images of the second sample
   * @param pairs images that are in both
   */
  static Difference ofCounts(Predicted predicted, long n, long withN, long pairs) {
    long hits = predicted.both + predicted.fromOnly;
    long withHits = predicted.both + predicted.withOnly;
    boolean paired = pairs == n && pairs == withN;
    Counts counts =
        paired
            ? new Counts(
                predicted.both,
                predicted.fromOnly,
                predicted.withOnly,
                n - predicted.both - predicted.fromOnly - predicted.withOnly,
                0,
                0,
                0,
                0)
            : new Counts(0, 0, 0, 0, hits, n - hits, withHits, withN - withHits);
    double share = (double) hits / n;
    double withShare = (double) withHits / withN;
    double half = Z * Math.sqrt(counts.variance(n, withN));
    return new Difference(
        n,
        share,
        withN,
        withShare,
        paired ? pairs : 0,
        Math.max(-1, withShare - share - half),
        Math.min(1, withShare - share + half),
        Math.min(n, withN) < FEWEST ? Double.NaN : counts.p(),
        Rest.NONE);
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

    double variance(long n, long withN) {
      double variance = rest(hits, misses, n) + rest(withHits, withMisses, withN);
      double pairs = both + lost + won + neither;
      if (pairs > 0) {
        double more = pairs + 2;
        double weight = pairs / n;
        double withWeight = pairs / withN;
        double mean = (withWeight * (both + won + 1) - weight * (both + lost + 1)) / more;
        double square =
            (both * Math.pow(withWeight - weight, 2)
                    + (won + 1) * withWeight * withWeight
                    + (lost + 1) * weight * weight)
                / more;
        variance += (square - mean * mean) / more;
      }
      return variance;
    }

    private static double rest(long hits, long misses, long all) {
      long n = hits + misses;
      if (n == 0) {
        return 0;
      }
      double share = (hits + 1.0) / (n + 2);
      double weight = (double) n / all;
      return weight * weight * share * (1 - share) / (n + 2);
    }

    double p() {
      boolean paired = lost + won > 0;
      long n = hits + misses;
      long withN = withHits + withMisses;
      boolean apart = n > 0 && withN > 0 && hits + withHits > 0 && misses + withMisses > 0;
      if (!paired && !apart) {
        return 1;
      }
      if (!apart && Math.min(lost, won) <= MOST_OUTCOMES && lost + won < Integer.MAX_VALUE) {
        return mcNemar();
      }
      if (!paired) {
        return FisherTest.p(hits, n, withHits, withN);
      }
      double off = (won - lost) / 2.0;
      double variance = (won + lost) / 4.0;
      if (apart) {
        double all = n + withN;
        double all1 = hits + withHits;
        off += withHits - withN * all1 / all;
        variance += n * withN * all1 * (all - all1) / (all * all * (all - 1));
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
