package io.camatlas.causes;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.HypergeometricDistribution;

/**
 * What a test showed for images that a suspect is not about, where nothing but the difference says
 * anything: those of other classes, for suspects that every class has, or the other images of the
 * class, for a group of them.
 *
 * @param n such images; those that have nothing to test count as not turned
 * @param turned those of them that became the tested class
 * @param p probability that any of the suspects of this kind has so many more by chance: Fisher's
 *     exact test, one-sided, times their number (Bonferroni); at most 1
 */
public record OtherImages(long n, long turned, double p) implements Serializable {
  /** A class stands out if chance would do as much with a smaller probability. */
  public static final double CHANCE = 0.01;

  /** So does a group of a class's images. */
  public static final double CHANCE_OF_GROUP = 0.05;

  /**
   * How many images of a class turned.
   *
   * @param n images tested, and those that have nothing to test
   * @param turned those of them that became the class
   */
  public record Turned(long n, long turned) {}

  /** Compares each class with all others; in the same order. */
  public static List<OtherImages> of(List<Turned> classes) {
    long n = classes.stream().mapToLong(Turned::n).sum();
    long turned = classes.stream().mapToLong(Turned::turned).sum();
    return IntStream.range(0, classes.size())
        .mapToObj(
            i -> {
              Turned own = classes.get(i);
              double p = chance(own, n, turned) * classes.size();
              return new OtherImages(n - own.n(), turned - own.turned(), Math.min(1, p));
            })
        .toList();
  }

  /**
   * Compares a group of a class's images with the class's other images.
   *
   * @param groups number of groups that are compared
   */
  public static OtherImages ofRest(Turned group, Turned rest, int groups) {
    double p = chance(group, group.n() + rest.n(), group.turned() + rest.turned()) * groups;
    return new OtherImages(rest.n(), rest.turned(), Math.min(1, p));
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
