package io.camatlas.causes;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.HypergeometricDistribution;

/**
 * What a test showed for the other classes of a view, for suspects that every class has: nothing
 * but the difference says anything.
 *
 * @param n images of all other classes; those that have nothing to test count as not turned
 * @param turned those of them that became the tested class
 * @param p probability that a class has so many more by chance, over all classes together: Fisher's
 *     exact test, one-sided, times the number of classes (Bonferroni); at most 1
 */
public record OtherClasses(long n, long turned, double p) implements Serializable {
  /** A class stands out if chance would do as much with a smaller probability. */
  public static final double CHANCE = 0.01;

  /**
   * How many images of a class turned.
   *
   * @param n images tested, and those that have nothing to test
   * @param turned those of them that became the class
   */
  public record Turned(long n, long turned) {}

  /** Compares each class with all others; in the same order. */
  public static List<OtherClasses> of(List<Turned> classes) {
    long n = classes.stream().mapToLong(Turned::n).sum();
    long turned = classes.stream().mapToLong(Turned::turned).sum();
    return IntStream.range(0, classes.size())
        .mapToObj(
            i -> {
              Turned own = classes.get(i);
              double p = chance(own, n, turned) * classes.size();
              return new OtherClasses(n - own.n(), turned - own.turned(), Math.min(1, p));
            })
        .toList();
  }

  private static double chance(Turned own, long n, long turned) {
    if (own.n() == 0 || n == own.n()) {
      return 1;
    }
    return new HypergeometricDistribution(null, (int) n, (int) turned, (int) own.n())
        .upperCumulativeProbability((int) own.turned());
  }

  /** The share of their images that turned; NaN if there are none. */
  public double share() {
    return n == 0 ? Double.NaN : (double) turned / n;
  }
}
