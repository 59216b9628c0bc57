package io.camatlas.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * JPEG (ITU T.81), read marker by marker.
 *
 * @param bytes the file
 * @param header from the first start-of-frame
 * @param orientation from EXIF, else from XMP
 * @param firstScan offset of the first start-of-scan marker
 */
record JpegFile(Bytes bytes, ImageHeader header, Orientation orientation, long firstScan)
    implements ImageFile {
  private static final int APP1 = 0xe1;
  private static final int START_OF_SCAN = 0xda;
  private static final int END_OF_IMAGE = 0xd9;

  /**
   * More than any encoder writes. A limit is needed because each scan of a progressive file decodes
   * the whole picture again.
   */
  private static final int MOST_SCANS = 500;

  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long LOWEST_BITS = 0x0101010101010101L;
  private static final long HIGHEST_BITS = 0x8080808080808080L;
  private static final String EXIF = "Exif\0\0";
  private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";

  static JpegFile open(Bytes bytes) throws ImageException {
    ImageHeader header = null;
    boolean hasExif = false;
    Optional<Orientation> exif = Optional.empty();
    Optional<Orientation> xmp = Optional.empty();
    long at = 2;
    while (true) {
      at = nextMarker(bytes, at);
      int marker = bytes.u8(at + 1);
      if (marker == END_OF_IMAGE) {
        throw ImageException.undecodable(ImageFormat.JPEG, "it ends before its first scan");
      }
      if (marker == START_OF_SCAN) {
        if (header == null) {
          throw ImageException.undecodable(
              ImageFormat.JPEG, "its first scan comes before its size");
        }
        return new JpegFile(bytes, header, Orientation.of(exif, xmp), at);
      }
      long end = endOfSegment(bytes, at);
      if (isStartOfFrame(marker) && header == null) {
        header = ImageHeader.of(ImageFormat.JPEG, bytes.u16be(at + 7), bytes.u16be(at + 5));
      } else if (marker == APP1) {
        bytes.requireUpTo(end);
        if (bytes.has(at + 4, EXIF)) {
          exif = hasExif ? exif : Orientation.fromExif(bytes.array(), (int) at + 4, (int) end);
          hasExif = true;
        } else if (bytes.has(at + 4, XMP)) {
          xmp = Orientation.fromXmp(bytes.array(), (int) at + 4, (int) end);
        }
      }
      at = end;
    }
  }

  /** Walks every scan up to the end-of-image marker. */
  @Override
  public void requireComplete() throws ImageException {
    int scans = 0;
    long at = firstScan;
    while (bytes.u8(at + 1) != END_OF_IMAGE) {
      if (bytes.u8(at + 1) == START_OF_SCAN && ++scans > MOST_SCANS) {
        throw ImageException.undecodable(
            ImageFormat.JPEG, "it has more than %d scans".formatted(MOST_SCANS));
      }
      at = nextMarker(bytes, endOfSegment(bytes, at));
    }
  }

  @Override
  public RgbImage decode() throws ImageException {
    return orientation.apply(OpenCv.rgb(ImageFormat.JPEG, bytes.array()));
  }

  /** Skips entropy-coded data, restart markers, fill bytes and garbage, as libjpeg does. */
  static long nextMarker(Bytes bytes, long from) throws ImageException {
    byte[] array = bytes.array();
    bytes.requireUpTo(from);
    for (int at = (int) from; at + 1 < array.length; at++) {
      // Most of a file is entropy-coded data, which is skipped eight bytes at a time.
      while (at + Long.BYTES + 1 < array.length && !hasFf((long) EIGHT.get(array, at))) {
        at += Long.BYTES;
      }
      if (array[at] == (byte) 0xff) {
        int marker = array[at + 1] & 0xff;
        boolean stuffed = marker == 0 || marker == 1 || marker == 0xff;
        boolean restart = marker >= 0xd0 && marker <= 0xd8;
        if (!stuffed && !restart) {
          return at;
        }
      }
    }
    throw ImageException.truncated(ImageFormat.JPEG, array.length, array.length + 1L);
  }

  /** Whether one of eight bytes is 0xff: of their complements, one is zero. */
  private static boolean hasFf(long eight) {
    return (~eight - LOWEST_BITS & eight & HIGHEST_BITS) != 0;
  }

  static long endOfSegment(Bytes bytes, long marker) throws ImageException {
    int length = bytes.u16be(marker + 2);
    if (length < 2) {
      throw ImageException.undecodable(
          ImageFormat.JPEG, "the segment at byte %d has length %d".formatted(marker, length));
    }
    return marker + 2 + length;
  }

  private static boolean isStartOfFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }
}
