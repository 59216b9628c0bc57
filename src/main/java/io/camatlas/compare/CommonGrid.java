package io.camatlas.compare;

import io.camatlas.localize.SaliencyMap;

/**
 * A grid that maps of both samples are brought to: the coarser of the two, and at most {@value
 * #MOST} cells high and wide.
 *
 * @param height rows
 * @param width columns
 * @param isOfBoth whether the maps of both samples have one size, whatever this grid's is
 */
public record CommonGrid(int height, int width, boolean isOfBoth) implements java.io.Serializable {
  /** More cells would tell nothing more of where attention went. */
  private static final int MOST = 14;

  /** The grid for maps of two sizes. */
  public static CommonGrid of(int height, int width, int otherHeight, int otherWidth) {
    return new CommonGrid(
        Math.min(MOST, Math.min(height, otherHeight)),
        Math.min(MOST, Math.min(width, otherWidth)),
        height == otherHeight && width == otherWidth);
  }

  /**
   * A map on this grid, scaled to sum to one. A cell of the map counts in proportion to its area
   * within each cell of the grid.
   *
   * @param map {@code [mapHeight,mapWidth]}, not negative, row-major
   * @param total the map's sum, above zero
   */
  float[] of(float[] map, int mapHeight, int mapWidth, double total) {
    float[] cells = new float[height * width];
    if (mapHeight == height && mapWidth == width) {
      for (int i = 0; i < cells.length; i++) {
        cells[i] = (float) (map[i] / total);
      }
      return cells;
    }
    double[] sums = new SaliencyMap(map, mapHeight, mapWidth).sums(height, width);
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (float) (sums[i] / total);
    }
    return cells;
  }

  /**
   * How much of the attention lies elsewhere in another map: half the summed difference of two maps
   * that each sum to one (total variation), 0 to 1.
   */
  static double moved(float[] map, float[] other) {
    double sum = 0;
    for (int i = 0; i < map.length; i++) {
      sum += Math.abs(map[i] - other[i]);
    }
    return Math.min(1, sum / 2);
  }
}
