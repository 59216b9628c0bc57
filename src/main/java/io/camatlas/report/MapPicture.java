package io.camatlas.report;

import java.awt.image.BufferedImage;

/** Draws a map by itself, without a photograph: one square per cell, row 0 on top. */
public final class MapPicture {
  /** Approximate length of the longer side in pixels; cells are enlarged by a whole factor. */
  private static final int SIDE = 224;

  private MapPicture() {}

  /**
   * Draws in {@link HeatPalette#VIRIDIS}, from 0 to the map's maximum.
   *
   * @param rows rows of the map from the top, all of the same length; negative values count as 0
   * @return opaque, {@link BufferedImage#TYPE_INT_RGB}
   * @throws IllegalArgumentException if there is no cell
   */
  public static BufferedImage draw(double[][] rows) {
    if (rows.length == 0 || rows[0].length == 0) {
      throw new IllegalArgumentException(
          "The map has no cells; it needs at least one row and one column.");
    }
    int height = rows.length;
    int width = rows[0].length;
    int cell = Math.max(1, SIDE / Math.max(height, width));
    double maximum = 0;
    for (double[] row : rows) {
      for (double value : row) {
        maximum = Math.max(maximum, value);
      }
    }
    BufferedImage picture =
        new BufferedImage(width * cell, height * cell, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        double share = maximum == 0 ? 0 : rows[y / cell][x / cell] / maximum;
        picture.setRGB(x, y, HeatPalette.VIRIDIS.rgb(share));
      }
    }
    return picture;
  }
}
