package io.camatlas.causes;

import io.camatlas.atlas.Wilson;
import java.util.List;

/**
 * The difference of two shares of the same images, with the 95 % interval of Newcombe (1998),
 * Statistics in Medicine 17, 2635-2650, method 10: Wilson's intervals of both, joined by their
 * correlation.
 */
final class PairedShares {
  private PairedShares() {}

  /**
   * One image: whether it counts to each share.
   *
   * @param first 1 or 0, or a share of several trials
   * @param second likewise
   */
  record Pair(double first, double second) {
    private boolean isBinary() {
      return (first == 0 || first == 1) && (second == 0 || second == 1);
    }
  }

  /** First less second; all NaN for fewer than two images. */
  static Effect.Interval difference(List<Pair> pairs) {
    int n = pairs.size();
    double first = pairs.stream().mapToDouble(Pair::first).sum() / n;
    double second = pairs.stream().mapToDouble(Pair::second).sum() / n;
    if (n < 2) {
      return new Effect.Interval(n == 0 ? Double.NaN : first - second, Double.NaN, Double.NaN);
    }
    double phi = correlation(pairs, first, second);
    double difference = first - second;
    return new Effect.Interval(
        difference,
        difference - joined(first - Wilson.low(first, n), Wilson.high(second, n) - second, phi),
        difference + joined(Wilson.high(first, n) - first, second - Wilson.low(second, n), phi));
  }

  private static double joined(double one, double other, double phi) {
    return Math.sqrt(Math.max(0, one * one - 2 * phi * one * other + other * other));
  }

  /** Pearson's, with the paper's correction for continuity where images count wholly or not. */
  private static double correlation(List<Pair> pairs, double first, double second) {
    double together = 0;
    double ofFirst = 0;
    double ofSecond = 0;
    boolean binary = true;
    for (Pair pair : pairs) {
      together += (pair.first() - first) * (pair.second() - second);
      ofFirst += (pair.first() - first) * (pair.first() - first);
      ofSecond += (pair.second() - second) * (pair.second() - second);
      binary &= pair.isBinary();
    }
    if (!(ofFirst > 0 && ofSecond > 0)) {
      return 0;
    }
    // With counts, this sum is (ad - bc) / n.
    double corrected = binary && together > 0 ? Math.max(0, together - 0.5) : together;
    return corrected / Math.sqrt(ofFirst * ofSecond);
  }
}
