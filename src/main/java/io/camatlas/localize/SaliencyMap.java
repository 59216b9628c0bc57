package io.camatlas.localize;

/**
 * Where a network looked, on the grid of a layer.
 *
 * @param values not negative, not normalised, {@code [h,w]}, row-major, row 0 on top
 * @param height h
 * @param width w
 */
public record SaliencyMap(float[] values, int height, int width) {
  /**
   * Sums over the cells of another grid, {@code [rows,columns]}. A cell of the map counts in
   * proportion to its area within each cell of the grid, so all that the map has is in them.
   */
  public double[] sums(int rows, int columns) {
    double[] sums = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        FractionBox cell =
            new FractionBox(
                (double) column / columns,
                (double) row / rows,
                (column + 1.0) / columns,
                (row + 1.0) / rows);
        sums[row * columns + column] = cell.mass(height, width, at -> values[at]);
      }
    }
    return sums;
  }

  /** The map with at most so many rows and columns, of about the same shape. */
  public SaliencyMap within(int most) {
    int longer = Math.max(height, width);
    if (longer <= most) {
      return this;
    }
    int rows = Math.max(1, Math.round((float) height * most / longer));
    int columns = Math.max(1, Math.round((float) width * most / longer));
    double[] sums = sums(rows, columns);
    float[] fewer = new float[sums.length];
    for (int i = 0; i < fewer.length; i++) {
      fewer[i] = (float) sums[i];
    }
    return new SaliencyMap(fewer, rows, columns);
  }
}
