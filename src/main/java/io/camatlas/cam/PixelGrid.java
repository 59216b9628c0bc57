package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.Serializable;

/**
 * The grid that a map of pixels is pooled to, so that it does not take as much room as the image. A
 * cell has the mean of its pixels; one that only partly lies in a cell counts by that part.
 *
 * @param side cells along the image's shorter side; cells are as square as whole numbers allow, and
 *     none is smaller than a pixel
 */
public record PixelGrid(int side) implements Serializable {
  /** The parameter of all rules that make maps of pixels. */
  public static final MethodParameter<Integer> PARAMETER =
      MethodParameter.integer(
          "pixel-grid",
          56,
          1,
          4096,
          "Maps of pixels are pooled, by their mean, to so many cells along the image's shorter"
              + " side.");

  /** Rows of the map of an image of so many pixels. */
  public int height(int height, int width) {
    return cells(height, Math.min(height, width));
  }

  /** Columns of the map of an image of so many pixels. */
  public int width(int height, int width) {
    return cells(width, Math.min(height, width));
  }

  private int cells(int pixels, int shorter) {
    return side >= shorter ? pixels : (int) Math.round((double) pixels * side / shorter);
  }

  /**
   * Pools maps.
   *
   * @param pixels {@code [N,H,W]}
   * @return {@code [N,h,w]}, in the manager of the pixels
   */
  public NDArray pooled(NDArray pixels) {
    Shape shape = pixels.getShape();
    int height = (int) shape.get(1);
    int width = (int) shape.get(2);
    NDArray narrow = alongTheLast(pixels, width(height, width));
    return alongTheLast(narrow.transpose(0, 2, 1), height(height, width)).transpose(0, 2, 1);
  }

  private static NDArray alongTheLast(NDArray maps, int cells) {
    Shape shape = maps.getShape();
    int pixels = (int) shape.get(2);
    if (cells == pixels) {
      return maps;
    }
    return maps.reshape(-1, pixels)
        .matMul(shares(maps.getManager(), pixels, cells))
        .reshape(shape.get(0), shape.get(1), cells);
  }

  /** The share of each pixel in the mean of each cell, {@code [pixels,cells]}. */
  private static NDArray shares(NDManager manager, int pixels, int cells) {
    float[] shares = new float[pixels * cells];
    double size = (double) pixels / cells;
    for (int cell = 0; cell < cells; cell++) {
      double from = cell * size;
      double to = from + size;
      for (int pixel = (int) from; pixel < Math.min(pixels, to); pixel++) {
        double inside = Math.min(to, pixel + 1.0) - Math.max(from, pixel);
        shares[pixel * cells + cell] = (float) (Math.max(0, inside) / size);
      }
    }
    return manager.create(shares, new Shape(pixels, cells));
  }
}
