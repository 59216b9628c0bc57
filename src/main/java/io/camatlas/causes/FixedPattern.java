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
 * @param z the largest statistic: how many standard errors the means are apart
 */
public record FixedPattern(Place place, long n, double z) implements Serializable {
  /** The fewest pictures of a class, and of others, that are compared. */
  public static final int FEWEST = 20;

  /** A cell differs from so many standard errors on. */
  private static final double LEAST = 5;

  /**
   * Means must also differ by this share of the largest difference: detail is less than nothing
   * beside a bright mark, by up to four tenths of it.
   */
  private static final double OF_LARGEST = 0.4;

  /**
   * Share of the picture in which cells must differ: fewer are chance, or noise of few pictures.
   */
  private static final double FEWEST_CELLS = 0.004;

  private static final int MOST_RECTANGLES = 4;

  /** Where more of the picture differs, it is no mark. */
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
    double[] apart = apart(own, others, cells);
    double[] difference = difference(own, others, cells);
    double least = OF_LARGEST * largest(difference, apart);
    boolean[] differs = new boolean[apart.length];
    for (int i = 0; i < apart.length; i++) {
      differs[i] = apart[i] >= LEAST && difference[i] >= least && difference[i] > 0;
    }
    int fewest = (int) Math.max(4, Math.round(FEWEST_CELLS * apart.length));
    List<int[]> found = rectangles(differs, cells, fewest);
    // Only now, so that single cells, which differ by chance, do not grow.
    List<int[]> wider = rectangles(grown(differs, found, cells), cells, fewest);
    List<FractionBox> boxes = new ArrayList<>();
    double area = 0;
    for (int[] one : wider) {
      FractionBox box = box(one, cells);
      if (!isInTheMiddle(box) && area + box.area() <= MOST_AREA) {
        boxes.add(box);
        area += box.area();
      }
    }
    return boxes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new FixedPattern(new Place(boxes), own.n(), Arrays.stream(apart).max().orElseThrow()));
  }

  /**
   * The largest difference of the means over the channels, by cell; 0 where it is the others that
   * have something there.
   */
  private static double[] difference(DetailSums own, DetailSums others, Detail.Cells cells) {
    double[] difference = new double[cells.rows() * cells.columns()];
    for (int i = 0; i < cells.values(); i++) {
      int at = i % difference.length;
      if (Math.abs(own.mean(i)) > Math.abs(others.mean(i))) {
        difference[at] = Math.max(difference[at], Math.abs(own.mean(i) - others.mean(i)));
      }
    }
    return difference;
  }

  /** The largest difference in cells that differ. */
  private static double largest(double[] difference, double[] apart) {
    double largest = 0;
    for (int i = 0; i < apart.length; i++) {
      largest = apart[i] >= LEAST ? Math.max(largest, difference[i]) : largest;
    }
    return largest;
  }

  private static double[] apart(DetailSums own, DetailSums others, Detail.Cells cells) {
    int size = cells.rows() * cells.columns();
    double typical = 0;
    for (int i = 0; i < cells.values(); i++) {
      typical += (own.variance(i) + others.variance(i)) / (2 * cells.values());
    }
    double rounding = LEAST_DEVIATION * LEAST_DEVIATION * typical + Double.MIN_NORMAL;
    double[] apart = new double[size];
    for (int i = 0; i < cells.values(); i++) {
      double error =
          Math.max(own.variance(i), rounding) / own.n()
              + Math.max(others.variance(i), rounding) / others.n();
      double z = Math.abs(own.mean(i) - others.mean(i)) / Math.sqrt(error);
      apart[i % size] = Math.max(apart[i % size], z);
    }
    return apart;
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

  private static boolean isInTheMiddle(FractionBox box) {
    double x = (box.x0() + box.x1()) / 2;
    double y = (box.y0() + box.y1()) / 2;
    return x > 1.0 / 3 && x < 2.0 / 3 && y > 1.0 / 3 && y < 2.0 / 3;
  }
}
