package io.camatlas.image;

import java.util.Arrays;

/**
 * An upright picture of 8-bit colours: the file's orientation has been applied.
 *
 * @param width pixels in a row, at least 1
 * @param height rows, at least 1
 * @param rgb interleaved red, green and blue, row by row from the top; {@code 3 * width * height}
 *     bytes, 0 to 255 read unsigned. Not copied: the caller must not write to it afterwards
 */
public record RgbImage(int width, int height, byte[] rgb) {
  public RgbImage {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "The picture is %dx%d; both sides must be at least 1. Skip it.".formatted(width, height));
    }
    if (rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "A %dx%d picture came with %d bytes; it must have %d, three for each pixel."
              .formatted(width, height, rgb.length, 3L * width * height));
    }
  }

  /** The same with each pixel repeated, so that it has so many. */
  public RgbImage enlarged(int newWidth, int newHeight) {
    byte[] pixels = new byte[3 * newHeight * newWidth];
    for (int y = 0; y < newHeight; y++) {
      int row = Math.toIntExact((long) y * height / newHeight) * width;
      for (int x = 0; x < newWidth; x++) {
        int from = 3 * (row + Math.toIntExact((long) x * width / newWidth));
        System.arraycopy(rgb, from, pixels, 3 * (y * newWidth + x), 3);
      }
    }
    return new RgbImage(newWidth, newHeight, pixels);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage image
        && image.width == width
        && image.height == height
        && Arrays.equals(image.rgb, rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "RgbImage[%dx%d]".formatted(width, height);
  }
}
