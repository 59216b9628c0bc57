package io.camatlas.image;

import java.util.HexFormat;

/**
 * A file of a known format whose header has been read. Each format's quirks stay in its own class,
 * and every read is checked against the file's end: malicious bytes cause an {@link
 * ImageException}, nothing else.
 */
sealed interface ImageFile permits BmpFile, GifFile, JpegFile, PngFile, TiffFile, WebpFile {
  ImageHeader header();

  /**
   * The most pixels that decoding has to hold at once; larger than the picture for some TIFF tiles.
   */
  default long workingPixels() throws ImageException {
    return header().pixels();
  }

  /**
   * Follows the file's structure to its end without decoding it. The native decoders silently fill
   * missing parts with grey.
   */
  void requireComplete() throws ImageException;

  /**
   * The first page or frame, upright, as Pillow's {@code exif_transpose} and {@code convert("RGB")}
   * give it.
   */
  RgbImage decode() throws ImageException;

  /** Detects the format by the first bytes and reads up to the picture's size. */
  static ImageFile open(byte[] bytes) throws ImageException {
    if (bytes.length == 0) {
      throw new ImageException(
          ImageProblem.EMPTY,
          "The file is empty; it has 0 bytes. Fetch it again or remove it from the" + " dataset.");
    }
    if (starts(bytes, 0, "\u00ff\u00d8\u00ff")) {
      return JpegFile.open(new Bytes(ImageFormat.JPEG, bytes));
    }
    if (starts(bytes, 0, "\u0089PNG\r\n\u001a\n")) {
      return PngFile.open(new Bytes(ImageFormat.PNG, bytes));
    }
    if (starts(bytes, 0, "RIFF") && starts(bytes, 8, "WEBP")) {
      return WebpFile.open(new Bytes(ImageFormat.WEBP, bytes));
    }
    if (starts(bytes, 0, "GIF87a") || starts(bytes, 0, "GIF89a")) {
      return GifFile.open(new Bytes(ImageFormat.GIF, bytes));
    }
    if (starts(bytes, 0, "II*\0")
        || starts(bytes, 0, "MM\0*")
        || starts(bytes, 0, "II+\0")
        || starts(bytes, 0, "MM\0+")) {
      return TiffFile.open(new Bytes(ImageFormat.TIFF, bytes));
    }
    if (BmpFile.recognises(bytes)) {
      return BmpFile.open(new Bytes(ImageFormat.BMP, bytes));
    }
    throw new ImageException(
        ImageProblem.NOT_AN_IMAGE,
        "The file starts with bytes %s; no JPEG, PNG, WebP, BMP, TIFF or GIF file does. Convert it, or remove it from the dataset."
            .formatted(HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(bytes.length, 8))));
  }

  private static boolean starts(byte[] bytes, int from, String latin1) {
    if (bytes.length < from + latin1.length()) {
      return false;
    }
    for (int i = 0; i < latin1.length(); i++) {
      if ((bytes[from + i] & 0xff) != latin1.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
