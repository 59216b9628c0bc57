package io.camatlas.sanity;

import java.util.OptionalDouble;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

/** How alike two maps on one grid are. */
final class MapSimilarity {
  private static final int BINS = 100;

  private MapSimilarity() {}

  /** Spearman's rank correlation; empty if a map is the same everywhere. */
  static OptionalDouble ranks(float[] a, float[] b) {
    return finite(
        a.length < 2 ? Double.NaN : new SpearmansCorrelation().correlation(wide(a), wide(b)));
  }

  /** Pearson's correlation; empty if a map is the same everywhere. */
  static OptionalDouble values(float[] a, float[] b) {
    return finite(
        a.length < 2 ? Double.NaN : new PearsonsCorrelation().correlation(wide(a), wide(b)));
  }

  /** Euclidean distance over the first map's length; each is divided by its maximum before. */
  static OptionalDouble distance(float[] map, float[] other) {
    double scale = max(map);
    double otherScale = Math.max(max(other), Double.MIN_NORMAL);
    double distance = 0;
    double length = 0;
    for (int i = 0; i < map.length; i++) {
      double own = map[i] / scale;
      double gap = own - other[i] / otherScale;
      distance += gap * gap;
      length += own * own;
    }
    return finite(Math.sqrt(distance / length));
  }

  /** Entropy, in nats, of the histogram of a map's values in 100 bins between its extremes. */
  static double entropy(float[] map) {
    float least = Float.POSITIVE_INFINITY;
    for (float value : map) {
      least = Math.min(least, value);
    }
    double range = max(map) - (double) least;
    if (range == 0) {
      return 0;
    }
    int[] counts = new int[BINS];
    for (float value : map) {
      counts[Math.min(BINS - 1, (int) ((value - (double) least) / range * BINS))]++;
    }
    double entropy = 0;
    for (int count : counts) {
      if (count > 0) {
        double share = (double) count / map.length;
        entropy -= share * Math.log(share);
      }
    }
    return entropy;
  }

  static double mean(float[] map) {
    double sum = 0;
    for (float value : map) {
      sum += value;
    }
    return sum / map.length;
  }

  static float max(float[] map) {
    float most = Float.NEGATIVE_INFINITY;
    for (float value : map) {
      most = Math.max(most, value);
    }
    return most;
  }

  private static double[] wide(float[] map) {
    double[] wide = new double[map.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = map[i];
    }
    return wide;
  }

  private static OptionalDouble finite(double value) {
    return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
