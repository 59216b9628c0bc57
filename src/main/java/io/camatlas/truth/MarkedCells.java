package io.camatlas.truth;

import io.camatlas.image.Box;
import io.camatlas.image.PixelMapping;
import java.util.List;

/**
 * Annotations on a grid that covers the network's input: a cell is marked if the pixel of the
 * original below its centre is.
 */
public final class MarkedCells {
  private MarkedCells() {}

  /** Whether a point of the original is marked. */
  @FunctionalInterface
  private interface Marked {
    boolean at(double x, double y);
  }

  /**
   * The cells in boxes.
   *
   * @param boxes in pixels of the upright original
   * @return 1 where a cell's centre lies in a box, else 0; {@code [height,width]}, row by row
   */
  public static float[] ofBoxes(List<Box> boxes, PixelMapping mapping, int height, int width) {
    return cells(
        (x, y) ->
            boxes.stream()
                .anyMatch(box -> box.x0() <= x && x < box.x1() && box.y0() <= y && y < box.y1()),
        mapping,
        height,
        width);
  }

  /**
   * The cells of a mask.
   *
   * @return 1 where a cell's centre lies on a pixel that shows the object, else 0; {@code
   *     [height,width]}, row by row
   * @throws TruthException if the mask cannot be read, or has another size than the original
   */
  public static float[] ofMask(
      Mask mask, MaskFiles files, PixelMapping mapping, int height, int width) {
    byte[] pixels = mask.rasterise(mapping.width(), mapping.height(), files);
    return cells(
        (x, y) ->
            pixels[(int) Math.floor(y) * mapping.width() + (int) Math.floor(x)] == Mask.OBJECT,
        mapping,
        height,
        width);
  }

  private static float[] cells(Marked marked, PixelMapping mapping, int height, int width) {
    float[] cells = new float[height * width];
    for (int row = 0; row < height; row++) {
      double y = mapping.toOriginalY((row + 0.5) * mapping.inputHeight() / height);
      for (int column = 0; column < width; column++) {
        double x = mapping.toOriginalX((column + 0.5) * mapping.inputWidth() / width);
        boolean inside = x >= 0 && y >= 0 && x < mapping.width() && y < mapping.height();
        cells[row * width + column] = inside && marked.at(x, y) ? 1 : 0;
      }
    }
    return cells;
  }
}
