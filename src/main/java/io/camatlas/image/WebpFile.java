package io.camatlas.image;

import java.util.Optional;

/**
 * WebP: lossy, lossless, with alpha, and the first frame of an animation.
 *
 * @param bytes the file
 * @param header the canvas, or the only frame
 */
record WebpFile(Bytes bytes, ImageHeader header) implements ImageFile {
  private static final int FIRST_CHUNK = 12;
  private static final int BODY = 20;

  static WebpFile open(Bytes bytes) throws ImageException {
    String kind = bytes.latin1(FIRST_CHUNK, 4);
    long width;
    long height;
    switch (kind) {
      case "VP8X" -> {
        width = 1 + (bytes.u32le(BODY + 3) >> 8);
        height = 1 + (bytes.u32le(BODY + 6) >> 8);
      }
      case "VP8L" -> {
        long packed = bytes.u32le(BODY + 1);
        width = 1 + (packed & 0x3fff);
        height = 1 + (packed >> 14 & 0x3fff);
      }
      case "VP8 " -> {
        width = bytes.u16le(BODY + 6) & 0x3fff;
        height = bytes.u16le(BODY + 8) & 0x3fff;
      }
      default ->
          throw ImageException.undecodable(
              ImageFormat.WEBP, "its first chunk is neither VP8, VP8L nor VP8X");
    }
    return new WebpFile(bytes, ImageHeader.of(ImageFormat.WEBP, width, height));
  }

  /** The RIFF header states the length; libwebp itself rejects frames that are cut off. */
  @Override
  public void requireComplete() throws ImageException {
    bytes.requireUpTo(8 + bytes.u32le(4));
  }

  @Override
  public RgbImage decode() throws ImageException {
    return orientation().apply(OpenCv.rgb(ImageFormat.WEBP, bytes.array()));
  }

  private Orientation orientation() throws ImageException {
    Optional<Orientation> exif = Optional.empty();
    Optional<Orientation> xmp = Optional.empty();
    long end = 8 + bytes.u32le(4);
    for (long at = FIRST_CHUNK; at + 8 <= end; ) {
      long length = bytes.u32le(at + 4);
      int from = (int) at + 8;
      boolean whole = from + length <= end;
      if (whole && bytes.has(at, "EXIF")) {
        exif = Orientation.fromExif(bytes.array(), from, (int) (from + length));
      } else if (whole && bytes.has(at, "XMP ")) {
        xmp = Orientation.fromXmp(bytes.array(), from, (int) (from + length));
      }
      at += 8 + length + (length & 1);
    }
    return Orientation.of(exif, xmp);
  }
}
