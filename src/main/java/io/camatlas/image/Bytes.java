package io.camatlas.image;

import java.nio.charset.StandardCharsets;

/** Reads numbers from a file's bytes. Reading past the end throws that the file was cut off. */
final class Bytes {
  private final ImageFormat format;
  private final byte[] bytes;

  Bytes(ImageFormat format, byte[] bytes) {
    this.format = format;
    this.bytes = bytes;
  }

  ImageFormat format() {
    return format;
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return bytes.length;
  }

  /** Throws if there are fewer than {@code end} bytes. */
  void requireUpTo(long end) throws ImageException {
    if (end < 0 || end > bytes.length) {
      throw ImageException.truncated(format, bytes.length, end);
    }
  }

  int u8(long at) throws ImageException {
    requireUpTo(at < 0 ? at : at + 1);
    return bytes[(int) at] & 0xff;
  }

  int u16be(long at) throws ImageException {
    return u8(at) << 8 | u8(at + 1);
  }

  int u16le(long at) throws ImageException {
    return u8(at) | u8(at + 1) << 8;
  }

  long u32be(long at) throws ImageException {
    return (long) u16be(at) << 16 | u16be(at + 2);
  }

  long u32le(long at) throws ImageException {
    return u16le(at) | (long) u16le(at + 2) << 16;
  }

  int s32le(long at) throws ImageException {
    return u16le(at) | u16le(at + 2) << 16;
  }

  String latin1(long at, int length) throws ImageException {
    requireUpTo(at + length);
    return new String(bytes, (int) at, length, StandardCharsets.ISO_8859_1);
  }

  /** Whether these characters are at a position; false past the end. */
  boolean has(long at, String latin1) throws ImageException {
    return at + latin1.length() <= bytes.length && latin1(at, latin1.length()).equals(latin1);
  }
}
