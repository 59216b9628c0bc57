package io.camatlas.image;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Format and size of an encoded image, read before anything is decoded, and whether the file is
 * whole.
 *
 * <p>The decoder fills what is missing of a truncated file with grey and says nothing; so JPEG,
 * PNG, GIF, WebP and BMP files are walked to their end here.
 *
 * @param format by signature, whatever the file is called
 * @param width as stored, before any rotation
 * @param height as stored, before any rotation
 */
record ImageHeader(Format format, int width, int height) {
  /** Formats that are decoded. */
  enum Format {
    JPEG,
    PNG,
    GIF,
    BMP,
    WEBP,
    TIFF
  }

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  static ImageHeader read(byte[] bytes) throws ImageException {
    Reader in = new Reader(bytes);
    ImageHeader header;
    if (in.startsWith(0, PNG_SIGNATURE)) {
      header = png(in);
    } else if (bytes.length > 2 && in.u16(0) == 0xffd8 && in.u8(2) == 0xff) {
      header = jpeg(in);
    } else if (in.text(0, "GIF87a") || in.text(0, "GIF89a")) {
      header = gif(in);
    } else if (in.text(0, "RIFF") && in.text(8, "WEBP")) {
      header = webp(in);
    } else if (in.text(0, "II*\0") || in.text(0, "MM\0*")) {
      header = tiff(in);
    } else if (in.text(0, "BM") && bytes.length > 26) {
      header = bmp(in);
    } else {
      throw new ImageException(
          ImageProblem.NOT_AN_IMAGE,
          "The file begins with "
              + in.beginning()
              + ", which is no JPEG, PNG, GIF, BMP, WebP or TIFF; convert or remove it.");
    }
    if (header.width < 1 || header.height < 1) {
      throw new ImageException(
          ImageProblem.UNDECODABLE,
          "The "
              + header.format
              + " header says "
              + header.width
              + "x"
              + header.height
              + " pixels; both must be at least 1.");
    }
    return header;
  }

  private static ImageHeader png(Reader in) throws ImageException {
    int width = 0;
    int height = 0;
    long at = 8;
    while (true) {
      long length = in.u32(at);
      if (length > Integer.MAX_VALUE) {
        throw in.broken("a PNG chunk claims " + length + " bytes");
      }
      in.require(at + 12 + length);
      CRC32 crc = new CRC32();
      crc.update(in.bytes, (int) at + 4, (int) length + 4);
      if (crc.getValue() != in.u32(at + 8 + length)) {
        throw in.broken("a PNG chunk at byte " + at + " does not match its checksum");
      }
      if (in.text(at + 4, "IHDR") && length >= 8) {
        width = in.size32(at + 8);
        height = in.size32(at + 12);
      } else if (in.text(at + 4, "IEND")) {
        return new ImageHeader(Format.PNG, width, height);
      }
      at += 12 + length;
    }
  }

  private static ImageHeader jpeg(Reader in) throws ImageException {
    int width = 0;
    int height = 0;
    long at = 2;
    while (true) {
      // Fill bytes may stand before a marker.
      while (in.u8(at) == 0xff && in.u8(at + 1) == 0xff) {
        at++;
      }
      if (in.u8(at) != 0xff) {
        throw in.broken("no JPEG marker at byte " + at);
      }
      int marker = in.u8(at + 1);
      at += 2;
      if (marker == 0xd9) {
        return new ImageHeader(Format.JPEG, width, height);
      }
      boolean alone = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
      if (alone) {
        continue;
      }
      int length = in.u16(at);
      if (length < 2) {
        throw in.broken("a JPEG segment at byte " + at + " claims " + length + " bytes");
      }
      boolean frame =
          marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
      if (frame && width == 0) {
        height = in.u16(at + 3);
        width = in.u16(at + 5);
      }
      at += length;
      if (marker == 0xda) {
        at = afterEntropyCodedData(in, at);
      }
    }
  }

  /** Entropy-coded data ends at the first marker that is neither stuffing nor a restart. */
  private static long afterEntropyCodedData(Reader in, long from) throws ImageException {
    byte[] bytes = in.bytes;
    for (int i = (int) Math.min(from, bytes.length); i + 1 < bytes.length; i++) {
      if (bytes[i] == (byte) 0xff) {
        int next = bytes[i + 1] & 0xff;
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
          return i;
        }
      }
    }
    throw in.truncated("the image data has no end");
  }

  private static ImageHeader gif(Reader in) throws ImageException {
    int width = in.u16Little(6);
    int height = in.u16Little(8);
    int flags = in.u8(10);
    long at = 13 + ((flags & 0x80) != 0 ? 3L << ((flags & 7) + 1) : 0);
    boolean framed = false;
    // Only the first frame is decoded, so only that must be whole.
    while (!framed) {
      int kind = in.u8(at);
      if (kind == 0x21) {
        at = in.afterSubBlocks(at + 2);
      } else if (kind == 0x2c) {
        int local = in.u8(at + 9);
        at += 10 + ((local & 0x80) != 0 ? 3L << ((local & 7) + 1) : 0);
        at = in.afterSubBlocks(at + 1);
        framed = true;
      } else {
        throw in.broken("a GIF block of unknown kind " + kind + " stands at byte " + at);
      }
    }
    return new ImageHeader(Format.GIF, width, height);
  }

  private static ImageHeader webp(Reader in) throws ImageException {
    in.require(8 + in.u32Little(4));
    if (in.text(12, "VP8 ")) {
      return new ImageHeader(Format.WEBP, in.u16Little(26) & 0x3fff, in.u16Little(28) & 0x3fff);
    }
    if (in.text(12, "VP8L")) {
      long bits = in.u32Little(21);
      return new ImageHeader(
          Format.WEBP, (int) (bits & 0x3fff) + 1, (int) ((bits >> 14) & 0x3fff) + 1);
    }
    if (in.text(12, "VP8X")) {
      int width = (in.u16Little(24) | in.u8(26) << 16) + 1;
      int height = (in.u16Little(27) | in.u8(29) << 16) + 1;
      return new ImageHeader(Format.WEBP, width, height);
    }
    throw in.broken("the WebP file holds no image chunk");
  }

  private static ImageHeader bmp(Reader in) throws ImageException {
    long size = in.u32Little(2);
    if (size > in.bytes.length) {
      throw in.truncated("the BMP header says " + size + " bytes");
    }
    long headerSize = in.u32Little(14);
    if (headerSize == 12) {
      return new ImageHeader(Format.BMP, in.u16Little(18), in.u16Little(20));
    }
    int height = (int) in.u32Little(22);
    return new ImageHeader(
        Format.BMP, (int) in.u32Little(18), height == Integer.MIN_VALUE ? 0 : Math.abs(height));
  }

  private static ImageHeader tiff(Reader in) throws ImageException {
    boolean little = in.text(0, "II");
    long directory = in.u32(4, little);
    int entries = in.u16(directory, little);
    int width = 0;
    int height = 0;
    for (int i = 0; i < entries; i++) {
      long at = directory + 2 + 12L * i;
      int tag = in.u16(at, little);
      if (tag == 256 || tag == 257) {
        long value = in.u16(at + 2, little) == 3 ? in.u16(at + 8, little) : in.u32(at + 8, little);
        int size = (int) Math.min(value, Integer.MAX_VALUE);
        width = tag == 256 ? size : width;
        height = tag == 257 ? size : height;
      }
    }
    return new ImageHeader(Format.TIFF, width, height);
  }

  /** Reads numbers from a file that may end anywhere. */
  private record Reader(byte[] bytes) {
    void require(long length) throws ImageException {
      if (length > bytes.length || length < 0) {
        throw truncated("it should have at least " + length + " bytes");
      }
    }

    int u8(long at) throws ImageException {
      require(at + 1);
      return bytes[(int) at] & 0xff;
    }

    int u16(long at) throws ImageException {
      return u8(at) << 8 | u8(at + 1);
    }

    int u16Little(long at) throws ImageException {
      return u8(at) | u8(at + 1) << 8;
    }

    int u16(long at, boolean little) throws ImageException {
      return little ? u16Little(at) : u16(at);
    }

    long u32(long at) throws ImageException {
      return (long) u16(at) << 16 | u16(at + 2);
    }

    long u32Little(long at) throws ImageException {
      return u16Little(at) | (long) u16Little(at + 2) << 16;
    }

    long u32(long at, boolean little) throws ImageException {
      return little ? u32Little(at) : u32(at);
    }

    int size32(long at) throws ImageException {
      return (int) Math.min(u32(at), Integer.MAX_VALUE);
    }

    boolean text(long at, String expected) {
      return startsWith(at, expected.getBytes(StandardCharsets.ISO_8859_1));
    }

    boolean startsWith(long at, byte[] expected) {
      if (at + expected.length > bytes.length) {
        return false;
      }
      for (int i = 0; i < expected.length; i++) {
        if (bytes[(int) at + i] != expected[i]) {
          return false;
        }
      }
      return true;
    }

    long afterSubBlocks(long from) throws ImageException {
      long at = from;
      for (int size = u8(at); size != 0; size = u8(at)) {
        at += 1 + size;
      }
      return at + 1;
    }

    String beginning() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < Math.min(8, bytes.length); i++) {
        text.append(String.format(i == 0 ? "%02x" : " %02x", bytes[i] & 0xff));
      }
      return text.toString();
    }

    ImageException truncated(String what) {
      return new ImageException(
          ImageProblem.TRUNCATED,
          "The file ends after " + bytes.length + " bytes but " + what + "; copy it again.");
    }

    ImageException broken(String what) {
      return new ImageException(
          ImageProblem.UNDECODABLE, "The file is damaged: " + what + "; copy or export it again.");
    }
  }
}
