package io.camatlas.image;

/**
 * A decoded image, upright.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb 8 bits a channel, red first, by rows from the top; {@code 3·width·height} bytes
 */
public record RgbImage(int width, int height, byte[] rgb) {
  public RgbImage {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "An image of "
              + width
              + "x"
              + height
              + " pixels needs 3 bytes each; there are "
              + rgb.length
              + ".");
    }
  }
}
