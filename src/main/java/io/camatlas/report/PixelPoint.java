package io.camatlas.report;

/**
 * A point in pixels of the original image; the centre of pixel (0,0) is (0.5,0.5).
 *
 * @param x from the left
 * @param y from the top
 */
public record PixelPoint(double x, double y) {

  /**
   * Checks the coordinates.
   *
   * @throws IllegalArgumentException if one is not finite
   */
  public PixelPoint {
    if (!Double.isFinite(x) || !Double.isFinite(y)) {
      throw new IllegalArgumentException(
          "Point is (%s, %s); both coordinates must be finite.".formatted(x, y));
    }
  }
}
