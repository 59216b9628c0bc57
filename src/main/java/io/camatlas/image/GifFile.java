package io.camatlas.image;

/**
 * The first frame of a GIF, decoded here because OpenCV paints transparent pixels white, and reads
 * a whole animation to return one frame.
 *
 * @param bytes the file
 * @param header the logical screen, enlarged if the first frame extends beyond it
 * @param frame offset of the first frame's descriptor
 * @param transparent the first frame's transparent colour, or -1
 */
record GifFile(Bytes bytes, ImageHeader header, long frame, int transparent) implements ImageFile {
  private static final int SCREEN = 13;
  private static final int EXTENSION = 0x21;
  private static final int FRAME = 0x2c;
  private static final int TRAILER = 0x3b;
  private static final int GRAPHIC_CONTROL = 0xf9;
  private static final int MOST_CODES = 4096;

  static GifFile open(Bytes bytes) throws ImageException {
    int transparent = -1;
    long at = (long) SCREEN + paletteBytes(bytes.u8(10));
    while (bytes.u8(at) != FRAME) {
      if (bytes.u8(at) != EXTENSION) {
        throw noBlock(at);
      }
      if (bytes.u8(at + 1) == GRAPHIC_CONTROL && bytes.u8(at + 2) >= 4) {
        transparent = (bytes.u8(at + 3) & 1) == 1 ? bytes.u8(at + 6) : -1;
      }
      at = afterSubBlocks(bytes, at + 2);
    }
    int right = bytes.u16le(at + 1) + bytes.u16le(at + 5);
    int bottom = bytes.u16le(at + 3) + bytes.u16le(at + 7);
    // A frame of zero size would be a picture without pixels, whatever the screen's size.
    ImageHeader.of(ImageFormat.GIF, bytes.u16le(at + 5), bytes.u16le(at + 7));
    int width = Math.max(bytes.u16le(6), right);
    int height = Math.max(bytes.u16le(8), bottom);
    return new GifFile(bytes, ImageHeader.of(ImageFormat.GIF, width, height), at, transparent);
  }

  /**
   * Follows every block to the trailer. Only the trailer itself may be missing: many writers omit
   * it.
   */
  @Override
  public void requireComplete() throws ImageException {
    for (long at = frame; at < bytes.size(); ) {
      switch (bytes.u8(at)) {
        case FRAME -> at = afterSubBlocks(bytes, dataOfFrame(at) + 1);
        case EXTENSION -> at = afterSubBlocks(bytes, at + 2);
        case TRAILER -> {
          return;
        }
        default -> throw noBlock(at);
      }
    }
  }

  @Override
  public RgbImage decode() throws ImageException {
    int left = bytes.u16le(frame + 1);
    int top = bytes.u16le(frame + 3);
    int columns = bytes.u16le(frame + 5);
    int rows = bytes.u16le(frame + 7);
    boolean interlaced = (bytes.u8(frame + 9) & 0x40) != 0;
    byte[] indices = lzw(dataOfFrame(frame), columns * rows);
    byte[] palette = palette();

    int width = header.width();
    byte[] rgb = new byte[3 * width * header.height()];
    int around = 3 * Math.max(transparent, 0);
    for (int out = 0; out < rgb.length; out += 3) {
      System.arraycopy(palette, around, rgb, out, 3);
    }
    int in = 0;
    for (int pass = interlaced ? 0 : 4; pass < 5; pass++) {
      // Every eighth row from 0, every eighth from 4, every fourth from 2, every second from 1; or
      // simply all.
      int first = pass == 4 ? (interlaced ? rows : 0) : new int[] {0, 4, 2, 1}[pass];
      int step = pass == 4 ? 1 : new int[] {8, 8, 4, 2}[pass];
      for (int y = first; y < rows; y += step) {
        int out = 3 * ((top + y) * width + left);
        for (int x = 0; x < columns; x++, in++, out += 3) {
          System.arraycopy(palette, 3 * (indices[in] & 0xff), rgb, out, 3);
        }
      }
    }
    return new RgbImage(width, header.height(), rgb);
  }

  /** 256 colours: the frame's own, else the screen's, else a grey ramp. */
  private byte[] palette() throws ImageException {
    byte[] palette = new byte[3 * 256];
    for (int i = 0; i < palette.length; i++) {
      palette[i] = (byte) (i / 3);
    }
    int own = paletteBytes(bytes.u8(frame + 9));
    int length = own > 0 ? own : paletteBytes(bytes.u8(10));
    int from = own > 0 ? (int) frame + 10 : SCREEN;
    bytes.requireUpTo(from + length);
    System.arraycopy(bytes.array(), from, palette, 0, length);
    return palette;
  }

  private long dataOfFrame(long descriptor) throws ImageException {
    return descriptor + 10 + paletteBytes(bytes.u8(descriptor + 9));
  }

  /**
   * Unpacks GIF's variant of LZW: codes of increasing width, low bits first, in blocks of up to 255
   * bytes.
   */
  private byte[] lzw(long at, int pixels) throws ImageException {
    int rootBits = bytes.u8(at);
    if (rootBits < 1 || rootBits > 8) {
      throw ImageException.undecodable(
          ImageFormat.GIF, "its codes start with %d bits".formatted(rootBits));
    }
    int clear = 1 << rootBits;
    int end = clear + 1;
    short[] prefixes = new short[MOST_CODES];
    byte[] suffixes = new byte[MOST_CODES];
    byte[] reversed = new byte[MOST_CODES];
    byte[] out = new byte[pixels];
    int filled = 0;
    int codes = end + 1;
    int width = rootBits + 1;
    int previous = -1;
    int firstOfPrevious = 0;
    int buffer = 0;
    int buffered = 0;
    int left = 0;
    long next = at + 1;
    while (filled < pixels) {
      while (buffered < width) {
        if (left == 0) {
          left = bytes.u8(next++);
          if (left == 0) {
            throw tooFew(filled, pixels);
          }
        }
        buffer |= bytes.u8(next++) << buffered;
        buffered += 8;
        left--;
      }
      int code = buffer & ((1 << width) - 1);
      buffer >>>= width;
      buffered -= width;
      if (code == clear) {
        codes = end + 1;
        width = rootBits + 1;
        previous = -1;
        continue;
      }
      if (code == end) {
        throw tooFew(filled, pixels);
      }
      if (code > codes || (code == codes && previous < 0) || (previous < 0 && code > end)) {
        throw ImageException.undecodable(
            ImageFormat.GIF, "code %d is not defined after %d codes".formatted(code, codes));
      }
      int length = 0;
      int walk = code;
      if (code == codes) {
        reversed[length++] = (byte) firstOfPrevious;
        walk = previous;
      }
      while (walk > end) {
        reversed[length++] = suffixes[walk];
        walk = prefixes[walk];
      }
      firstOfPrevious = walk;
      reversed[length++] = (byte) walk;
      while (length > 0 && filled < pixels) {
        out[filled++] = reversed[--length];
      }
      if (previous >= 0 && codes < MOST_CODES) {
        prefixes[codes] = (short) previous;
        suffixes[codes] = (byte) firstOfPrevious;
        codes++;
        if (codes == 1 << width && width < 12) {
          width++;
        }
      }
      previous = code;
    }
    return out;
  }

  private static ImageException tooFew(int filled, int pixels) {
    return new ImageException(
        ImageProblem.TRUNCATED,
        "The GIF file's first frame has %d pixels but its data ends after %d; it was cut off. Fetch it again."
            .formatted(pixels, filled));
  }

  private static ImageException noBlock(long at) {
    return ImageException.undecodable(ImageFormat.GIF, "no block starts at byte %d".formatted(at));
  }

  private static int paletteBytes(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  private static long afterSubBlocks(Bytes bytes, long at) throws ImageException {
    long next = at;
    int length = bytes.u8(next);
    while (length != 0) {
      next += 1 + length;
      length = bytes.u8(next);
    }
    return next + 1;
  }
}
