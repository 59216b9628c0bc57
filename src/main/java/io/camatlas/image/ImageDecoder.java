package io.camatlas.image;

/**
 * Turns a file's bytes into a picture: JPEG (including CMYK, YCCK and progressive), PNG, WebP, BMP,
 * TIFF and GIF. If there are several pages or frames, the first is used.
 *
 * <p>Colours are the same as in Pillow's {@code
 * ImageOps.exif_transpose(Image.open(f)).convert("RGB")}: EXIF orientation applied, alpha dropped
 * and not blended, colour profiles ignored. There are two differences: 16-bit grey keeps its high
 * byte, whereas Pillow clips; and CMYK JPEGs may differ by 2 of 255.
 *
 * <p>Cheap checks run first, so a file that is too large, cut off or not an image is rejected
 * before anything is decoded. Stateless; threads may share one.
 */
public final class ImageDecoder {
  /** The longest side that OpenCV reads. */
  private static final int LONGEST_SIDE = 1 << 20;

  private final DecodeLimits limits;

  public ImageDecoder(DecodeLimits limits) {
    this.limits = limits;
  }

  /**
   * Decodes one file.
   *
   * @param bytes the whole file; not changed
   * @throws ImageException if the file is not a complete picture within the limits
   */
  public RgbImage decode(byte[] bytes) throws ImageException {
    if (bytes.length > limits.maxBytes()) {
      throw new ImageException(
          ImageProblem.TOO_MANY_BYTES,
          "The file has %d bytes; at most %d are read. Raise max-bytes, or remove it from the dataset."
              .formatted(bytes.length, limits.maxBytes()));
    }
    ImageFile file = ImageFile.open(bytes);
    ImageHeader header = file.header();
    if (file.workingPixels() > limits.maxPixels()) {
      throw new ImageException(
          ImageProblem.TOO_MANY_PIXELS,
          "The %s file says %dx%d, which takes %d pixels; at most %d are decoded. Raise max-pixels, or shrink the image."
              .formatted(
                  header.format(),
                  header.width(),
                  header.height(),
                  file.workingPixels(),
                  limits.maxPixels()));
    }
    if (header.width() > LONGEST_SIDE || header.height() > LONGEST_SIDE) {
      throw ImageException.undecodable(
          header.format(),
          "it is %dx%d, and no side may be longer than %d"
              .formatted(header.width(), header.height(), LONGEST_SIDE));
    }
    file.requireComplete();
    return file.decode();
  }

  /**
   * Makes a picture from pixels that are already decoded.
   *
   * @param bytes the pixels; not changed
   * @throws ImageException if there are more pixels than the limits allow, or the number of bytes
   *     does not match the layout
   */
  public RgbImage decode(PixelLayout layout, byte[] bytes) throws ImageException {
    if (layout.pixels() > limits.maxPixels()) {
      throw new ImageException(
          ImageProblem.TOO_MANY_PIXELS,
          "The image has %dx%d pixels; at most %d are accepted. Raise max-pixels, or shrink the image."
              .formatted(layout.width(), layout.height(), limits.maxPixels()));
    }
    return layout.rgb(bytes);
  }
}
