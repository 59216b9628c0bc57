package io.camatlas.causes;

import io.camatlas.image.Detail;
import io.camatlas.localize.FractionBox;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Something that many pictures of a class show at one place, and those of other classes do not: a
 * mark, a frame, a scale bar. It is found in the pictures alone; whether the network uses it,
 * experiments show.
 *
 * <p>In each cell the mean detail of the class's pictures is compared with that of all others, by
 * Welch's statistic {@code |m1 - m2| / sqrt(v1 / n1 + v2 / n2)}, the largest over the channels.
 *
 * @param place rectangles in which most cells differ
 * @param n pictures of the class
 * @param z the largest statistic there: how many standard errors the means are apart
 */
public record FixedPattern(Place place, long n, double z) implements Serializable {
  /** The fewest pictures of a class, and of others, that are compared. */
  public static final int FEWEST = 20;

  /** A cell differs from so many standard errors on. */
  private static final double LEAST = 5;

  /**
   * Means must also differ by this share of the largest difference around: detail is less than
   * nothing beside a bright mark, by up to four tenths of it.
   */
  private static final double OF_LARGEST = 0.4;

  /**
   * Share of the picture in which cells must differ: fewer are chance, or noise of few pictures.
   */
  private static final double FEWEST_CELLS = 0.004;

  private static final int MOST_RECTANGLES = 4;

  /** A larger rectangle is no mark. */
  private static final double LARGEST = 0.2;

  /** Nor are rectangles together, where they are no frame. */
  private static final double MOST_AREA = 0.4;

  /** Standard deviations below this share of the typical one are rounding. */
  private static final double LEAST_DEVIATION = 0.01;

  /**
   * Compares pictures.
   *
   * @param own of the class
   * @param others of all other classes
   * @return empty if nothing stands out apart from the middle, where objects lie
   */
  public static Optional<FixedPattern> of(DetailSums own, DetailSums others, Detail.Cells cells) {
    if (own.n() < FEWEST || others.n() < FEWEST) {
      return Optional.empty();
    }
    double[] apart = new double[cells.rows() * cells.columns()];
    double[] difference = new double[apart.length];
    compare(own, others, cells, apart, difference);
    boolean[] differs = differing(apart, difference, cells);
    int fewest = (int) Math.max(4, Math.round(FEWEST_CELLS * apart.length));
    List<int[]> found = rectangles(differs, cells, fewest);
    // Only now, so that single cells, which differ by chance, do not grow.
    List<int[]> wider = rectangles(grown(differs, found, cells), cells, fewest);
    List<FractionBox> boxes = new ArrayList<>();
    double area = 0;
    double z = 0;
    for (int[] one : wider) {
      FractionBox box = box(one, cells);
      if (box.area() <= LARGEST && area + box.area() <= MOST_AREA) {
        boxes.add(box);
        area += box.area();
        z = Math.max(z, largest(apart, one, cells));
      }
    }
    return boxes.isEmpty()
        ? Optional.empty()
        : Optional.of(new FixedPattern(new Place(boxes), own.n(), z));
  }

  private static double largest(double[] apart, int[] rectangle, Detail.Cells cells) {
    double largest = 0;
    for (int y = rectangle[1]; y < rectangle[3]; y++) {
      for (int x = rectangle[0]; x < rectangle[2]; x++) {
        largest = Math.max(largest, apart[y * cells.columns() + x]);
      }
    }
    return largest;
  }

  /**
   * How far the means are apart in each cell, in standard errors and as such: the largest over the
   * channels in which they are {@link #LEAST} apart and it is the class that has something there; 0
   * elsewhere.
   */
  private static void compare(
      DetailSums own, DetailSums others, Detail.Cells cells, double[] apart, double[] difference) {
    double typical = 0;
    for (int i = 0; i < cells.values(); i++) {
      typical += (own.variance(i) + others.variance(i)) / (2 * cells.values());
    }
    double rounding = LEAST_DEVIATION * LEAST_DEVIATION * typical + Double.MIN_NORMAL;
    for (int i = 0; i < cells.values(); i++) {
      double error =
          Math.max(own.variance(i), rounding) / own.n()
              + Math.max(others.variance(i), rounding) / others.n();
      double gap = Math.abs(own.mean(i) - others.mean(i));
      double z = gap / Math.sqrt(error);
      if (z >= LEAST && Math.abs(own.mean(i)) > Math.abs(others.mean(i))) {
        int cell = i % apart.length;
        apart[cell] = Math.max(apart[cell], z);
        difference[cell] = Math.max(difference[cell], gap);
      }
    }
  }

  /**
   * The cells that differ enough, of what touches one another as much. What reaches into the middle
   * is left out as a whole, with its fringes.
   */
  private static boolean[] differing(double[] apart, double[] difference, Detail.Cells cells) {
    boolean[] some = new boolean[apart.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = apart[i] > 0;
    }
    int[] regions = cells.regions(some);
    int count = Arrays.stream(regions).max().orElse(0) + 1;
    double[] largest = new double[count];
    boolean[] central = new boolean[count];
    for (int i = 0; i < some.length; i++) {
      largest[regions[i]] = Math.max(largest[regions[i]], difference[i]);
      central[regions[i]] |= isInTheMiddle(i, cells);
    }
    for (int i = 0; i < some.length; i++) {
      some[i] &= !central[regions[i]] && difference[i] >= OF_LARGEST * largest[regions[i]];
    }
    return some;
  }

  /**
   * Disjoint rectangles {@code left, top, right, bottom} in which more cells differ than do not, by
   * at least {@code fewest}: the largest first.
   */
  private static List<int[]> rectangles(boolean[] differs, Detail.Cells cells, int fewest) {
    int width = cells.columns();
    int[] worth = new int[differs.length];
    for (int i = 0; i < worth.length; i++) {
      worth[i] = differs[i] ? 1 : -1;
    }
    List<int[]> found = new ArrayList<>();
    while (found.size() < MOST_RECTANGLES) {
      int[] best = largest(worth, cells);
      if (best[4] < fewest) {
        break;
      }
      found.add(best);
      for (int y = best[1]; y < best[3]; y++) {
        Arrays.fill(worth, y * width + best[0], y * width + best[2], -differs.length);
      }
    }
    return found;
  }

  /** The rectangle that is worth most, by Kadane's maximum over columns for each pair of rows. */
  private static int[] largest(int[] worth, Detail.Cells cells) {
    int[] best = new int[5];
    for (int top = 0; top < cells.rows(); top++) {
      int[] columns = new int[cells.columns()];
      for (int bottom = top; bottom < cells.rows(); bottom++) {
        int run = 0;
        int left = 0;
        for (int x = 0; x < columns.length; x++) {
          columns[x] += worth[bottom * columns.length + x];
          if (run <= 0) {
            run = 0;
            left = x;
          }
          run += columns[x];
          if (run > best[4]) {
            best = new int[] {left, top, x + 1, bottom + 1, run};
          }
        }
      }
    }
    return best;
  }

  /** The cells that differ within rectangles, and those beside them. */
  private static boolean[] grown(boolean[] differs, List<int[]> within, Detail.Cells cells) {
    boolean[] grown = new boolean[differs.length];
    for (int[] one : within) {
      for (int y = one[1]; y < one[3]; y++) {
        for (int x = one[0]; x < one[2]; x++) {
          if (differs[y * cells.columns() + x]) {
            fillAround(grown, x, y, cells);
          }
        }
      }
    }
    return grown;
  }

  private static void fillAround(boolean[] grown, int x, int y, Detail.Cells cells) {
    int right = Math.min(cells.columns(), x + 2);
    for (int row = Math.max(0, y - 1); row < Math.min(cells.rows(), y + 2); row++) {
      Arrays.fill(
          grown, row * cells.columns() + Math.max(0, x - 1), row * cells.columns() + right, true);
    }
  }

  private static FractionBox box(int[] rectangle, Detail.Cells cells) {
    return new FractionBox(
        (double) rectangle[0] / cells.columns(),
        (double) rectangle[1] / cells.rows(),
        (double) rectangle[2] / cells.columns(),
        (double) rectangle[3] / cells.rows());
  }

  /** Whether a cell lies in the middle third of the width and of the height. */
  private static boolean isInTheMiddle(int cell, Detail.Cells cells) {
    double x = (cell % cells.columns() + 0.5) / cells.columns();
    int row = cell / cells.columns();
    double y = (row + 0.5) / cells.rows();
    return x > 1.0 / 3 && x < 2.0 / 3 && y > 1.0 / 3 && y < 2.0 / 3;
  }
}
