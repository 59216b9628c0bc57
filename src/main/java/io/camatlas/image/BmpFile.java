package io.camatlas.image;

/**
 * BMP: uncompressed, run-length coded, and with colour masks.
 *
 * @param bytes the file
 * @param header width and height without the sign that reverses the rows
 * @param pixels offset of the first row
 * @param bits bits per pixel
 * @param compression the header's code: 0 none, 1 and 2 run lengths, 3 and 6 colour masks
 * @param isTopDown whether the first row stored is the top one
 */
record BmpFile(
    Bytes bytes, ImageHeader header, long pixels, int bits, long compression, boolean isTopDown)
    implements ImageFile {
  private static final int INFO = 14;
  private static final int CORE_HEADER = 12;

  /** "BM" may also start a text, so the length of the second header is checked too. */
  static boolean recognises(byte[] bytes) {
    if (bytes.length < 18 || bytes[0] != 'B' || bytes[1] != 'M') {
      return false;
    }
    if (bytes[15] != 0 || bytes[16] != 0 || bytes[17] != 0) {
      return false;
    }
    return switch (bytes[14]) {
      case CORE_HEADER, 16, 40, 52, 56, 64, 108, 124 -> true;
      default -> false;
    };
  }

  static BmpFile open(Bytes bytes) throws ImageException {
    long pixels = bytes.u32le(10);
    if (bytes.u32le(INFO) == CORE_HEADER) {
      ImageHeader header =
          ImageHeader.of(ImageFormat.BMP, bytes.u16le(INFO + 4), bytes.u16le(INFO + 6));
      return new BmpFile(bytes, header, pixels, bytes.u16le(INFO + 10), 0, false);
    }
    long height = bytes.s32le(INFO + 8);
    ImageHeader header = ImageHeader.of(ImageFormat.BMP, bytes.s32le(INFO + 4), Math.abs(height));
    long compression = bytes.u32le(INFO) == 16 ? 0 : bytes.u32le(INFO + 16);
    return new BmpFile(bytes, header, pixels, bytes.u16le(INFO + 14), compression, height < 0);
  }

  @Override
  public void requireComplete() throws ImageException {
    if (compression == 1 || compression == 2) {
      requireCompleteRuns();
    } else if (compression == 0 || compression == 3 || compression == 6) {
      bytes.requireUpTo(pixels + rowBytes() * header.height());
    } else {
      throw ImageException.undecodable(
          ImageFormat.BMP, "its compression %d is not supported".formatted(compression));
    }
  }

  @Override
  public RgbImage decode() throws ImageException {
    boolean masked = compression == 3 || compression == 6;
    return (masked && (bits == 16 || bits == 32)) || (compression == 0 && bits == 16)
        ? decodeMasks(masked)
        : OpenCv.rgb(ImageFormat.BMP, bytes.array());
  }

  private long rowBytes() {
    return ((long) header.width() * bits + 31) / 32 * 4;
  }

  /** Follows the run lengths to the code that ends the bitmap. */
  private void requireCompleteRuns() throws ImageException {
    for (long at = pixels; ; ) {
      int count = bytes.u8(at);
      int value = bytes.u8(at + 1);
      at += 2;
      if (count == 0 && value == 1) {
        return;
      }
      if (count == 0 && value == 2) {
        at += 2;
      } else if (count == 0 && value > 2) {
        int literal = compression == 1 ? value : (value + 1) / 2;
        at += literal + (literal & 1);
      }
    }
  }

  /**
   * OpenCV leaves the low bits of narrow channels at zero, so white is not quite white; Pillow
   * stretches the values.
   */
  private RgbImage decodeMasks(boolean masked) throws ImageException {
    long[] masks = {0x7c00, 0x03e0, 0x001f};
    for (int c = 0; masked && c < 3; c++) {
      masks[c] = bytes.u32le(INFO + 40 + 4 * c);
    }
    int width = header.width();
    int height = header.height();
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0, out = 0; y < height; y++) {
      long row = pixels + rowBytes() * (isTopDown ? y : height - 1 - y);
      for (int x = 0; x < width; x++) {
        long value = bits == 16 ? bytes.u16le(row + 2L * x) : bytes.u32le(row + 4L * x);
        for (long mask : masks) {
          int shift = mask == 0 ? 0 : Long.numberOfTrailingZeros(mask);
          long most = mask >> shift;
          rgb[out++] = (byte) (most == 0 ? 0 : ((value & mask) >> shift) * 255 / most);
        }
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
