package io.camatlas.strategies;

import dev.ludovic.netlib.arpack.JavaARPACK;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.netlib.util.doubleW;
import org.netlib.util.intW;

/**
 * Points, each linked with those nearest to it. Two points are linked if one is among the nearest
 * of the other.
 */
final class NeighbourGraph {
  private static final int FEWEST_NEIGHBOURS = 5;
  private static final int MOST_NEIGHBOURS = 20;

  /** Basis vectors of the Arnoldi iteration, and its restarts. */
  private static final int BASIS = 20;

  private static final int RESTARTS = 500;
  private static final double TOLERANCE = 1e-4;

  /** Its code keeps the state of an iteration in static fields: one thread at a time. */
  private static final JavaARPACK ARPACK = JavaARPACK.getInstance();

  private final int[][] linked;
  private final double volume;

  /**
   * @param points {@code [n][d]}
   */
  NeighbourGraph(double[][] points) {
    int n = points.length;
    int nearest = Math.min(n - 1, Math.max(FEWEST_NEIGHBOURS, Math.min(MOST_NEIGHBOURS, n / 10)));
    double[] distances = new double[n];
    int[][] own = new int[n][];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        distances[j] = i == j ? Double.POSITIVE_INFINITY : squared(points[i], points[j]);
      }
      own[i] = nearest(distances, nearest);
    }
    int[] degrees = new int[n];
    long[] links = new long[2 * n * nearest];
    int count = 0;
    for (int i = 0; i < n; i++) {
      for (int j : own[i]) {
        links[count++] = (long) i * n + j;
        links[count++] = (long) j * n + i;
      }
    }
    long[] each = Arrays.stream(links, 0, count).sorted().distinct().toArray();
    for (long link : each) {
      degrees[(int) (link / n)]++;
    }
    linked = new int[n][];
    for (int i = 0; i < n; i++) {
      linked[i] = new int[degrees[i]];
    }
    int[] filled = new int[n];
    for (long link : each) {
      int from = (int) (link / n);
      linked[from][filled[from]++] = (int) (link % n);
    }
    volume = each.length;
  }

  static double squared(double[] one, double[] other) {
    double sum = 0;
    for (int k = 0; k < one.length; k++) {
      double gap = one[k] - other[k];
      sum += gap * gap;
    }
    return sum;
  }

  /** The places of the smallest numbers; of equal ones, the first. */
  static int[] nearest(double[] distances, int count) {
    int[] best = new int[count];
    int filled = 0;
    for (int j = 0; j < distances.length; j++) {
      if (filled == count && distances[j] >= distances[best[count - 1]]) {
        continue;
      }
      int at = filled < count ? filled++ : count - 1;
      while (at > 0 && distances[best[at - 1]] > distances[j]) {
        best[at] = best[at - 1];
        at--;
      }
      best[at] = j;
    }
    return best;
  }

  /**
   * Two sides of a graph.
   *
   * @param second which points are on the second side
   * @param cut the normalised cut, 0 if nothing links the two sides, 2 at most
   */
  record Sides(boolean[] second, double cut) {}

  /**
   * Cuts the graph where the fewest links are lost, compared with those that stay: the smallest
   * normalised cut along the second eigenvector (Shi and Malik 2000, eq. 2 and 12).
   *
   * @param least points on each side
   * @return empty if there is no such cut
   */
  Optional<Sides> cut(int least) {
    int n = linked.length;
    if (n < 2 * least || n < 3) {
      return Optional.empty();
    }
    return second().map(vector -> sweep(vector, least));
  }

  private Sides sweep(double[] vector, int least) {
    int n = linked.length;
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingDouble(i -> vector[i] / Math.sqrt(linked[i].length))
                    .thenComparingInt(i -> i))
            .mapToInt(Integer::intValue)
            .toArray();
    boolean[] taken = new boolean[n];
    double lost = 0;
    double inside = 0;
    double best = Double.POSITIVE_INFINITY;
    int at = least;
    for (int i = 0; i < n - 1; i++) {
      int one = order[i];
      for (int other : linked[one]) {
        lost += taken[other] ? -1 : 1;
      }
      taken[one] = true;
      inside += linked[one].length;
      if (i + 1 >= least && n - i - 1 >= least) {
        double cut = lost / inside + lost / (volume - inside);
        if (cut < best) {
          best = cut;
          at = i + 1;
        }
      }
    }
    boolean[] second = new boolean[n];
    for (int i = at; i < n; i++) {
      second[order[i]] = true;
    }
    return new Sides(second, best);
  }

  /**
   * The second eigenvector of D^-½ A D^-½. The first is known, D^½ 1, and is taken out; the rest is
   * shifted so that no eigenvalue is negative.
   */
  private Optional<double[]> second() {
    int n = linked.length;
    double[] first = new double[n];
    double[] scale = new double[n];
    for (int i = 0; i < n; i++) {
      first[i] = Math.sqrt(linked[i].length / volume);
      scale[i] = 1 / Math.sqrt(linked[i].length);
    }
    int basis = Math.min(n, BASIS);
    double[] resid = new double[n];
    Random random = new Random(n);
    Arrays.setAll(resid, i -> random.nextDouble() - 0.5);
    double[] vectors = new double[n * basis];
    int[] parameters = new int[11];
    parameters[0] = 1;
    parameters[2] = RESTARTS;
    parameters[6] = 1;
    int[] pointers = new int[11];
    double[] work = new double[3 * n];
    double[] more = new double[basis * (basis + 8)];
    intW step = new intW(0);
    intW info = new intW(1);
    doubleW tolerance = new doubleW(TOLERANCE);

    synchronized (ARPACK) {
      do {
        ARPACK.dsaupd(
            step,
            "I",
            n,
            "LA",
            1,
            tolerance,
            resid,
            basis,
            vectors,
            n,
            parameters,
            pointers,
            work,
            more,
            more.length,
            info);
        if (step.val == 1 || step.val == -1) {
          multiply(work, pointers[0] - 1, pointers[1] - 1, first, scale);
        }
      } while (step.val == 1 || step.val == -1);
      if (info.val < 0 || parameters[4] < 1) {
        return Optional.empty();
      }
      double[] vector = new double[n];
      ARPACK.dseupd(
          true,
          "A",
          new boolean[basis],
          new double[1],
          vector,
          n,
          0,
          "I",
          n,
          "LA",
          new intW(1),
          tolerance.val,
          resid,
          basis,
          vectors,
          n,
          parameters,
          pointers,
          work,
          more,
          more.length,
          info);
      return info.val == 0 ? Optional.of(vector) : Optional.empty();
    }
  }

  private void multiply(double[] work, int from, int to, double[] first, double[] scale) {
    double along = 0;
    for (int i = 0; i < linked.length; i++) {
      along += first[i] * work[from + i];
    }
    for (int i = 0; i < linked.length; i++) {
      double sum = 0;
      for (int j : linked[i]) {
        sum += scale[j] * work[from + j];
      }
      work[to + i] = sum * scale[i] - 2 * along * first[i] + work[from + i];
    }
  }
}
