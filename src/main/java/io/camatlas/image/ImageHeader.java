package io.camatlas.image;

/**
 * Format and size of a file, read without decoding a pixel. Plain Java; memory use does not depend
 * on the picture's size.
 *
 * @param format detected by the first bytes, never by the file's name
 * @param width stored columns, before any orientation is applied; at least 1
 * @param height stored rows; at least 1
 */
public record ImageHeader(ImageFormat format, int width, int height) {
  /**
   * Reads the header of a JPEG, PNG, WebP, BMP, TIFF or GIF file.
   *
   * @throws ImageException if there is none, it is cut off, or a side is zero
   */
  public static ImageHeader read(byte[] bytes) throws ImageException {
    return ImageFile.open(bytes).header();
  }

  static ImageHeader of(ImageFormat format, long width, long height) throws ImageException {
    if (width < 1 || height < 1 || width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
      throw ImageException.undecodable(
          format,
          "its header says %dx%d; a picture has at least 1x1 pixels".formatted(width, height));
    }
    return new ImageHeader(format, (int) width, (int) height);
  }

  long pixels() {
    return (long) width * height;
  }
}
