package io.camatlas.image;

import java.util.zip.CRC32;

/**
 * PNG, read chunk by chunk. Of 16-bit samples the high byte is kept, also of grey ones, which
 * Pillow clips instead.
 *
 * @param bytes the file
 * @param header from IHDR
 */
record PngFile(Bytes bytes, ImageHeader header) implements ImageFile {
  private static final int SIGNATURE = 8;
  private static final long LONGEST_CHUNK = Integer.MAX_VALUE;

  static PngFile open(Bytes bytes) throws ImageException {
    bytes.requireUpTo(SIGNATURE + 25);
    if (bytes.u32be(SIGNATURE) != 13 || !bytes.has(SIGNATURE + 4, "IHDR")) {
      throw ImageException.undecodable(ImageFormat.PNG, "it does not start with an IHDR chunk");
    }
    ImageHeader header =
        ImageHeader.of(ImageFormat.PNG, bytes.u32be(SIGNATURE + 8), bytes.u32be(SIGNATURE + 12));
    return new PngFile(bytes, header);
  }

  /** Checks every chunk's length and checksum up to IEND. */
  @Override
  public void requireComplete() throws ImageException {
    boolean pixels = false;
    CRC32 crc = new CRC32();
    for (long at = SIGNATURE; ; ) {
      long length = bytes.u32be(at);
      String kind = bytes.latin1(at + 4, 4);
      long end = at + 12 + length;
      if (length > LONGEST_CHUNK) {
        throw ImageException.undecodable(
            ImageFormat.PNG, "the chunk at byte %d says it has %d bytes".formatted(at, length));
      }
      bytes.requireUpTo(end);
      crc.reset();
      crc.update(bytes.array(), (int) at + 4, (int) length + 4);
      if (crc.getValue() != bytes.u32be(end - 4)) {
        throw ImageException.undecodable(
            ImageFormat.PNG, "the checksum of the chunk at byte %d is wrong".formatted(at));
      }
      pixels |= kind.equals("IDAT");
      if (kind.equals("IEND")) {
        if (!pixels) {
          throw ImageException.undecodable(ImageFormat.PNG, "it has no pixels (no IDAT chunk)");
        }
        return;
      }
      at = end;
    }
  }

  @Override
  public RgbImage decode() throws ImageException {
    return orientation().apply(OpenCv.rgb(ImageFormat.PNG, bytes.array()));
  }

  private Orientation orientation() throws ImageException {
    for (long at = SIGNATURE; !bytes.has(at + 4, "IEND"); at += 12 + bytes.u32be(at)) {
      if (bytes.has(at + 4, "eXIf")) {
        return Orientation.fromExif(bytes.array(), (int) at + 8, (int) (at + 8 + bytes.u32be(at)));
      }
    }
    return Orientation.UPRIGHT;
  }
}
