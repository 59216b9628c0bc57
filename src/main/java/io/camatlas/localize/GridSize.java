package io.camatlas.localize;

import java.util.function.IntToDoubleFunction;

/**
 * The size of a grid that maps are brought to.
 *
 * @param height rows
 * @param width columns
 */
public record GridSize(int height, int width) {
  /** The size itself, or one of about the same shape with at most so many rows and columns. */
  public static GridSize within(int height, int width, int most) {
    int longer = Math.max(height, width);
    return longer <= most
        ? new GridSize(height, width)
        : new GridSize(fewer(height, most, longer), fewer(width, most, longer));
  }

  private static int fewer(int cells, int most, int longer) {
    return Math.max(1, Math.round((float) cells * most / longer));
  }

  /**
   * Sums over the cells of this grid, row-major. A cell of the other counts in proportion to its
   * area within each cell of this one, so all that the other has is in them, and an even grid stays
   * even.
   *
   * @param height rows of the other grid
   * @param width columns of the other grid
   * @param cells its values, row-major
   */
  public double[] sums(int height, int width, IntToDoubleFunction cells) {
    double[] sums = new double[this.height * this.width];
    for (int row = 0; row < this.height; row++) {
      for (int column = 0; column < this.width; column++) {
        FractionBox cell =
            new FractionBox(
                (double) column / this.width,
                (double) row / this.height,
                (column + 1.0) / this.width,
                (row + 1.0) / this.height);
        sums[row * this.width + column] = cell.mass(height, width, cells);
      }
    }
    return sums;
  }
}
