package io.camatlas.localize;

import java.io.Serializable;
import java.util.function.IntToDoubleFunction;

/**
 * An axis-aligned rectangle in fractions of a map's extent; y increases downwards.
 *
 * @param x0 left edge, in [0,1]
 * @param y0 top edge, in [0,1]
 * @param x1 right edge, in [0,1], greater than {@code x0}
 * @param y1 bottom edge, in [0,1], greater than {@code y0}
 */
public record FractionBox(double x0, double y0, double x1, double y1) implements Serializable {

  /** The whole map. */
  public static final FractionBox WHOLE = new FractionBox(0, 0, 1, 1);

  /**
   * Checks the edges.
   *
   * @throws IllegalArgumentException if the edges are not {@code 0 <= x0 < x1 <= 1} and {@code 0 <=
   *     y0 < y1 <= 1}
   */
  public FractionBox {
    if (!(0 <= x0 && x0 < x1 && x1 <= 1 && 0 <= y0 && y0 < y1 && y1 <= 1)) {
      throw new IllegalArgumentException(
          "Box edges are x %s to %s, y %s to %s; they must lie in [0,1], the first below the second."
              .formatted(x0, x1, y0, y1));
    }
  }

  /** The share of the map's extent that the box covers, in (0,1]. */
  public double area() {
    return (x1 - x0) * (y1 - y0);
  }

  /**
   * The mass of a map inside the box. A cell on an edge counts in proportion to its area inside.
   *
   * @param height rows of the map
   * @param width columns
   * @param cells value of each cell, row-major, row 0 on top
   */
  public double mass(int height, int width, IntToDoubleFunction cells) {
    double left = x0 * width;
    double right = x1 * width;
    double top = y0 * height;
    double bottom = y1 * height;
    int firstColumn = (int) left;
    int endColumn = Math.min(width, (int) Math.ceil(right));
    int endRow = Math.min(height, (int) Math.ceil(bottom));
    double sum = 0;
    for (int r = (int) top; r < endRow; r++) {
      double rowSum = 0;
      for (int c = firstColumn; c < endColumn; c++) {
        rowSum += cells.applyAsDouble(r * width + c) * overlap(c, left, right);
      }
      sum += rowSum * overlap(r, top, bottom);
    }
    return sum;
  }

  /** The length that the unit interval starting at {@code cell} shares with [from,to]. */
  private static double overlap(int cell, double from, double to) {
    return Math.max(0, Math.min(cell + 1.0, to) - Math.max(cell, from));
  }
}
