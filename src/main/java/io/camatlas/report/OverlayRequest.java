package io.camatlas.report;

/**
 * Everything that one overlay picture shows.
 *
 * @param width of the original image, in pixels
 * @param height of the original image, in pixels
 * @param rgb the original image, three bytes per pixel, row-major, row 0 on top; not copied
 * @param map the saliency and its place in the image
 * @param marks peak and boxes
 * @param caption the caption
 */
public record OverlayRequest(
    int width, int height, byte[] rgb, PlacedMap map, OverlayMarks marks, Caption caption) {

  /**
   * Checks the image's size.
   *
   * @throws IllegalArgumentException if {@code rgb} does not hold {@code 3 * width * height} bytes
   */
  public OverlayRequest {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "Image has %d bytes; %d x %d pixels need %d, and both sides must be at least 1."
              .formatted(rgb.length, width, height, 3L * width * height));
    }
  }
}
