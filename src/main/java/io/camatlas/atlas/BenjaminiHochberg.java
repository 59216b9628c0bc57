package io.camatlas.atlas;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Probabilities of chance, corrected for all that was compared (Benjamini and Hochberg 1995): of
 * all comparisons with {@code q <= 0.05} together, at most one in twenty is expected to be chance.
 */
public final class BenjaminiHochberg {
  private BenjaminiHochberg() {}

  /** For each p the smallest of p m / rank over this and all larger p, of m in all; 1 at most. */
  public static double[] q(double[] p) {
    int[] descending =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.<Integer>comparingDouble(i -> p[i]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    double[] q = new double[p.length];
    double least = 1;
    for (int i = 0; i < p.length; i++) {
      int rank = p.length - i;
      least = Math.min(least, p[descending[i]] * p.length / rank);
      q[descending[i]] = least;
    }
    return q;
  }
}
