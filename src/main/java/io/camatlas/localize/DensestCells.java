package io.camatlas.localize;

import java.util.Optional;

/**
 * The rectangle of cells that are worth most together.
 *
 * @param left first column
 * @param top first row
 * @param right column after the last
 * @param bottom row after the last
 * @param worth what its cells are worth together
 */
public record DensestCells(int left, int top, int right, int bottom, double worth) {
  /**
   * Finds it by Kadane's maximum sum over the columns, for each pair of rows.
   *
   * @param worth {@code [height,width]}, row-major; negative where a cell should be left out
   * @return of equally good ones the first; empty if no cell is worth more than nothing
   */
  public static Optional<DensestCells> of(double[] worth, int height, int width) {
    DensestCells best = null;
    for (int top = 0; top < height; top++) {
      double[] columns = new double[width];
      for (int bottom = top; bottom < height; bottom++) {
        double run = 0;
        int left = 0;
        for (int x = 0; x < width; x++) {
          columns[x] += worth[bottom * width + x];
          if (run <= 0) {
            run = 0;
            left = x;
          }
          run += columns[x];
          if (run > (best == null ? 0 : best.worth)) {
            best = new DensestCells(left, top, x + 1, bottom + 1, run);
          }
        }
      }
    }
    return Optional.ofNullable(best);
  }

  /** The rectangle in fractions of the grid. */
  public FractionBox in(int height, int width) {
    return new FractionBox(
        (double) left / width,
        (double) top / height,
        (double) right / width,
        (double) bottom / height);
  }
}
