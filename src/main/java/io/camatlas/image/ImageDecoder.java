package io.camatlas.image;

/**
 * Turns a file's bytes into a picture: JPEG (also CMYK, YCCK, progressive), PNG, WebP, BMP, TIFF
 * and GIF; of several pages or frames the first.
 *
 * <p>Colours are those of Pillow's {@code ImageOps.exif_transpose(Image.open(f)).convert("RGB")}:
 * EXIF orientation applied, alpha dropped and not blended, colour profiles ignored. Two departures:
 * 16-bit grey keeps its high byte, where Pillow clips; and CMYK JPEGs may differ by 2 of 255.
 *
 * <p>The checks run from cheap to dear, so that a file which is too large, cut off or no image at
 * all is refused before anything is decoded. Has no state; threads may share one.
 */
public final class ImageDecoder {
  /** OpenCV reads no longer side than this. */
  private static final int LONGEST_SIDE = 1 << 20;

  private final DecodeLimits limits;

  public ImageDecoder(DecodeLimits limits) {
    this.limits = limits;
  }

  /**
   * Decodes one file.
   *
   * @param bytes the whole file; not changed
   * @throws ImageException for every file that is not a whole picture within the limits
   */
  public RgbImage decode(byte[] bytes) throws ImageException {
    if (bytes.length > limits.maxBytes()) {
      throw new ImageException(
          ImageProblem.TOO_MANY_BYTES,
          "The file has %d bytes; at most %d are read. Raise maxBytes, or remove it from the dataset."
              .formatted(bytes.length, limits.maxBytes()));
    }
    ImageFile file = ImageFile.open(bytes);
    ImageHeader header = file.header();
    if (file.workingPixels() > limits.maxPixels()) {
      throw new ImageException(
          ImageProblem.TOO_MANY_PIXELS,
          "The %s file says %dx%d, which takes %d pixels; at most %d are decoded. Raise maxPixels, or shrink the image."
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
   * Makes a picture of pixels that are decoded already.
   *
   * @param bytes the pixels; not changed
   * @throws ImageException if they are more than the limits allow, or too few or many for their
   *     layout
   */
  public RgbImage decode(PixelLayout layout, byte[] bytes) throws ImageException {
    if (layout.pixels() > limits.maxPixels()) {
      throw new ImageException(
          ImageProblem.TOO_MANY_PIXELS,
          "The image has %dx%d pixels; at most %d are taken. Raise maxPixels, or shrink the image."
              .formatted(layout.width(), layout.height(), limits.maxPixels()));
    }
    return layout.rgb(bytes);
  }
}
