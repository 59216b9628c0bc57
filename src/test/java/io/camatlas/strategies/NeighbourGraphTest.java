package io.camatlas.strategies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.junit.jupiter.api.Test;

class NeighbourGraphTest {
  private static double[][] cloud(Random random, int n, double at) {
    double[][] points = new double[n][3];
    for (double[] point : points) {
      Arrays.setAll(point, k -> random.nextGaussian() + (k == 0 ? at : 0));
    }
    return points;
  }

  private static double[][] both(double[][] one, double[][] other) {
    double[][] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }

  @Test
  void cloudsThatNothingLinksAreCutForNothing() {
    Random random = new Random(1);
    double[][] points = both(cloud(random, 70, 0), cloud(random, 30, 20));
    NeighbourGraph.Sides sides = new NeighbourGraph(points).cut(5).orElseThrow();
    assertThat(sides.cut()).isZero();
    for (int i = 0; i < points.length; i++) {
      assertThat(sides.second()[i] == sides.second()[0]).isEqualTo(i < 70);
    }
  }

  /** A literal rewrite: dense matrices, every threshold, every link. */
  @Test
  void theCutIsTheSmallestAlongTheSecondEigenvector() {
    Random random = new Random(2);
    double[][] points = both(cloud(random, 40, 0), cloud(random, 30, 3));
    int n = points.length;
    double[][] links = new double[n][n];
    for (int i = 0; i < n; i++) {
      int at = i;
      int[] order =
          IntStream.range(0, n)
              .filter(j -> j != at)
              .boxed()
              .sorted(
                  Comparator.comparingDouble(j -> NeighbourGraph.squared(points[at], points[j])))
              .limit(7)
              .mapToInt(Integer::intValue)
              .toArray();
      for (int j : order) {
        links[i][j] = 1;
        links[j][i] = 1;
      }
    }
    double[] degrees = Arrays.stream(links).mapToDouble(row -> Arrays.stream(row).sum()).toArray();
    double[][] normal = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        normal[i][j] = links[i][j] / Math.sqrt(degrees[i] * degrees[j]);
      }
    }
    double[] second =
        new EigenDecomposition(new Array2DRowRealMatrix(normal)).getEigenvector(1).toArray();
    double least = Double.POSITIVE_INFINITY;
    for (int t = 0; t < n; t++) {
      double threshold = second[t] / Math.sqrt(degrees[t]);
      boolean[] above = new boolean[n];
      int count = 0;
      for (int i = 0; i < n; i++) {
        above[i] = second[i] / Math.sqrt(degrees[i]) > threshold;
        count += above[i] ? 1 : 0;
      }
      if (count < 10 || n - count < 10) {
        continue;
      }
      double cut = 0;
      double first = 0;
      double all = 0;
      for (int i = 0; i < n; i++) {
        all += degrees[i];
        first += above[i] ? degrees[i] : 0;
        for (int j = 0; j < n; j++) {
          cut += above[i] && !above[j] ? links[i][j] : 0;
        }
      }
      least = Math.min(least, cut / first + cut / (all - first));
    }
    assertThat(new NeighbourGraph(points).cut(10).orElseThrow().cut())
        .isCloseTo(least, within(0.01));
  }

  @Test
  void tooFewPointsAreNotCut() {
    assertThat(new NeighbourGraph(cloud(new Random(1), 9, 0)).cut(5)).isEmpty();
  }
}
