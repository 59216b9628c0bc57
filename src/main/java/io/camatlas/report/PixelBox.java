package io.camatlas.report;

/**
 * An upright rectangle in pixels of the original image; pixel (0,0) covers [0,1) x [0,1), y grows
 * downwards. It may reach beyond the image.
 *
 * @param x0 left edge
 * @param y0 top edge
 * @param x1 right edge, greater than {@code x0}
 * @param y1 bottom edge, greater than {@code y0}
 */
public record PixelBox(double x0, double y0, double x1, double y1) {

  /**
   * Checks the edges.
   *
   * @throws IllegalArgumentException if an edge is not finite, or the box is empty
   */
  public PixelBox {
    if (!(Double.isFinite(x1 - x0) && Double.isFinite(y1 - y0) && x0 < x1 && y0 < y1)) {
      throw new IllegalArgumentException(
          "Box edges are x %s to %s, y %s to %s; they must be finite, the first below the second."
              .formatted(x0, x1, y0, y1));
    }
  }
}
