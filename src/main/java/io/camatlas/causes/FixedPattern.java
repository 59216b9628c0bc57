package io.camatlas.causes;

import io.camatlas.image.Detail;
import io.camatlas.localize.DensestCells;
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
 * @param inTheMiddle whether it is part of something that reaches into the middle or goes around
 *     it, which may be the object itself
 */
public record FixedPattern(Place place, long n, double z, boolean inTheMiddle)
    implements Serializable {
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
   * What reaches into the middle with this share of its largest difference lies there. A mark's own
   * fringes have less at some distance.
   */
  private static final double OF_LARGEST_IN_THE_MIDDLE = 0.2;

  /** Gaps of up to twice so many cells belong to a mark: a text is mostly gaps. */
  private static final int GAP = 2;

  /**
   * Share of the picture in which cells must differ: fewer are chance, or noise of few pictures.
   */
  private static final double FEWEST_CELLS = 0.004;

  private static final int MOST_RECTANGLES = 4;

  /** A larger rectangle is no mark. */
  private static final double LARGEST = 0.2;

  /** Nor are rectangles together, where they are no frame. */
  private static final double MOST_AREA = 0.4;

  /**
   * In the middle the means must be so many standard deviations of the class's pictures apart:
   * objects lie there too, but seldom so alike.
   */
  private static final double APART_IN_THE_MIDDLE = 1;

  /** Standard deviations below this share of the typical one are rounding. */
  private static final double LEAST_DEVIATION = 0.01;

  /** Whether there are pictures enough to compare. */
  public static boolean isComparable(DetailSums own, DetailSums others) {
    return own.n() >= FEWEST && others.n() >= FEWEST;
  }

  /**
   * What the pictures of a class show.
   *
   * @param apart apart from the middle, where objects lie
   * @param inTheMiddle where objects lie. If most classes have such a pattern, it is their objects,
   *     photographed alike
   * @param isLarge whether something apart from the middle is left out since it is too large for a
   *     mark
   */
  public record Found(
      Optional<FixedPattern> apart, Optional<FixedPattern> inTheMiddle, boolean isLarge) {
    private static final Found NOTHING = new Found(Optional.empty(), Optional.empty(), false);
  }

  /**
   * Compares pictures.
   *
   * @param own of the class
   * @param others of all other classes
   */
  public static Found in(DetailSums own, DetailSums others, Detail.Cells cells) {
    if (!isComparable(own, others)) {
      return Found.NOTHING;
    }
    int count = cells.rows() * cells.columns();
    Apart apart = new Apart(new double[count], new double[count], new double[count]);
    compare(own, others, cells, apart);
    Marks marks = marks(apart, cells, false);
    return new Found(
        marks.pattern(own.n(), false),
        marks(apart, cells, true).pattern(own.n(), true),
        marks.isLarge);
  }

  /**
   * Rectangles in which most cells differ.
   *
   * @param z the largest statistic there
   * @param isLarge whether others are left out for their size
   */
  private record Marks(List<FractionBox> boxes, double z, boolean isLarge) {
    Optional<FixedPattern> pattern(long n, boolean middle) {
      return boxes.isEmpty()
          ? Optional.empty()
          : Optional.of(new FixedPattern(new Place(boxes), n, z, middle));
    }
  }

  private static Marks marks(Apart apart, Detail.Cells cells, boolean middle) {
    int count = cells.rows() * cells.columns();
    boolean[] differs = differing(apart, cells, middle);
    int fewest = (int) Math.max(4, Math.round(FEWEST_CELLS * count));
    boolean[] filled = cells.closed(differs, GAP);
    List<DensestCells> found = rectangles(filled, cells, fewest);
    found.removeIf(one -> count(differs, one, cells) < fewest);
    // Only now, so that single cells, which differ by chance, do not grow.
    List<DensestCells> wider = rectangles(grown(filled, found, cells), cells, fewest);
    List<FractionBox> boxes = new ArrayList<>();
    double area = 0;
    double z = 0;
    boolean isLarge = false;
    for (DensestCells one : wider) {
      FractionBox box = one.in(cells.rows(), cells.columns());
      if (box.area() <= LARGEST && area + box.area() <= MOST_AREA) {
        boxes.add(box);
        area += box.area();
        z = Math.max(z, largest(apart.errors, one, cells));
      } else {
        isLarge = true;
      }
    }
    return new Marks(boxes, z, isLarge);
  }

  /**
   * How far the means are apart in each cell: the largest over the channels in which they are
   * {@link #LEAST} standard errors apart and it is the class that has something there; 0 elsewhere.
   *
   * @param errors in standard errors
   * @param difference as such
   * @param deviations in standard deviations of the class's pictures
   */
  private record Apart(double[] errors, double[] difference, double[] deviations) {}

  private static double largest(double[] apart, DensestCells rectangle, Detail.Cells cells) {
    double largest = 0;
    for (int y = rectangle.top(); y < rectangle.bottom(); y++) {
      for (int x = rectangle.left(); x < rectangle.right(); x++) {
        largest = Math.max(largest, apart[y * cells.columns() + x]);
      }
    }
    return largest;
  }

  private static int count(boolean[] some, DensestCells rectangle, Detail.Cells cells) {
    int count = 0;
    for (int y = rectangle.top(); y < rectangle.bottom(); y++) {
      for (int x = rectangle.left(); x < rectangle.right(); x++) {
        count += some[y * cells.columns() + x] ? 1 : 0;
      }
    }
    return count;
  }

  private static void compare(DetailSums own, DetailSums others, Detail.Cells cells, Apart apart) {
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
        int cell = i % apart.errors.length;
        apart.errors[cell] = Math.max(apart.errors[cell], z);
        apart.difference[cell] = Math.max(apart.difference[cell], gap);
        double deviation = Math.sqrt(Math.max(own.variance(i), rounding));
        apart.deviations[cell] = Math.max(apart.deviations[cell], gap / deviation);
      }
    }
  }

  /**
   * The cells that differ enough, of what lies together as much. What reaches into the middle, or
   * goes around it and is no frame, is left out as a whole, with its fringes.
   *
   * @param middle whether to take that instead, where it is alike in the class's pictures
   */
  private static boolean[] differing(Apart apart, Detail.Cells cells, boolean middle) {
    double[] difference = apart.difference;
    boolean[] some = new boolean[difference.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = apart.errors[i] > 0;
    }
    int[] regions = cells.regions(cells.closed(some, GAP));
    int count = Arrays.stream(regions).max().orElse(0) + 1;
    double[] largest = new double[count];
    for (int i = 0; i < some.length; i++) {
      largest[regions[i]] = Math.max(largest[regions[i]], difference[i]);
    }
    boolean[] central = new boolean[count];
    Extent[] extents = new Extent[count];
    for (int i = 0; i < some.length; i++) {
      double most = largest[regions[i]];
      central[regions[i]] |=
          some[i] && difference[i] >= OF_LARGEST_IN_THE_MIDDLE * most && isInTheMiddle(i, cells);
      some[i] &= difference[i] >= OF_LARGEST * most;
      if (some[i]) {
        Extent before = extents[regions[i]];
        extents[regions[i]] =
            (before == null ? Extent.NONE : before).with(i % cells.columns(), i / cells.columns());
      }
    }
    for (int i = 0; i < count; i++) {
      central[i] |= extents[i] != null && extents[i].goesAroundTheMiddle(cells);
    }
    for (int i = 0; i < some.length; i++) {
      some[i] &=
          central[regions[i]] == middle && (!middle || apart.deviations[i] >= APART_IN_THE_MIDDLE);
    }
    return some;
  }

  /** The first and last rows and columns of some cells. */
  private record Extent(int left, int top, int right, int bottom) {
    static final Extent NONE =
        new Extent(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE);

    Extent with(int x, int y) {
      return new Extent(
          Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y));
    }

    /** Whether the middle lies within, and the cells are no frame along three edges. */
    boolean goesAroundTheMiddle(Detail.Cells cells) {
      int edges =
          (left <= 1 ? 1 : 0)
              + (top <= 1 ? 1 : 0)
              + (right >= cells.columns() - 2 ? 1 : 0)
              + (bottom >= cells.rows() - 2 ? 1 : 0);
      return edges < 3
          && 3 * left < cells.columns()
          && 3 * (right + 1) > 2 * cells.columns()
          && 3 * top < cells.rows()
          && 3 * (bottom + 1) > 2 * cells.rows();
    }
  }

  /**
   * Disjoint rectangles in which more cells differ than do not, by at least {@code fewest}: the
   * largest first.
   */
  private static List<DensestCells> rectangles(boolean[] differs, Detail.Cells cells, int fewest) {
    double[] worth = new double[differs.length];
    for (int i = 0; i < worth.length; i++) {
      worth[i] = differs[i] ? 1 : -1;
    }
    List<DensestCells> found = new ArrayList<>();
    while (found.size() < MOST_RECTANGLES) {
      Optional<DensestCells> best =
          DensestCells.of(worth, cells.rows(), cells.columns())
              .filter(one -> one.worth() >= fewest);
      if (best.isEmpty()) {
        break;
      }
      found.add(best.get());
      for (int y = best.get().top(); y < best.get().bottom(); y++) {
        int row = y * cells.columns();
        Arrays.fill(worth, row + best.get().left(), row + best.get().right(), -differs.length);
      }
    }
    return found;
  }

  /** The cells that differ within rectangles, and those beside them. */
  private static boolean[] grown(boolean[] differs, List<DensestCells> within, Detail.Cells cells) {
    boolean[] grown = new boolean[differs.length];
    for (DensestCells one : within) {
      for (int y = one.top(); y < one.bottom(); y++) {
        for (int x = one.left(); x < one.right(); x++) {
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

  /** Whether a cell lies in the middle third of the width and of the height. */
  private static boolean isInTheMiddle(int cell, Detail.Cells cells) {
    double x = (cell % cells.columns() + 0.5) / cells.columns();
    int row = cell / cells.columns();
    double y = (row + 0.5) / cells.rows();
    return x > 1.0 / 3 && x < 2.0 / 3 && y > 1.0 / 3 && y < 2.0 / 3;
  }
}
