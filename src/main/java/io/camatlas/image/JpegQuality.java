package io.camatlas.image;

import java.util.OptionalInt;

/**
 * The quality that a JPEG was saved with: 1 to 100, as libjpeg counts it.
 *
 * <p>Encoders scale the quantisation table of ITU T.81, Annex K.1, by a factor that follows from
 * the quality. The quality is that whose scaled table has the sum nearest to the file's luminance
 * table, so for encoders with tables of their own it is an estimate.
 */
final class JpegQuality {
  private static final int[] LUMINANCE = {
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99
  };

  private static final int QUANTISATION = 0xdb;
  private static final int START_OF_SCAN = 0xda;
  private static final int END_OF_IMAGE = 0xd9;

  private JpegQuality() {}

  /** The quality of a file; empty if it is no JPEG, or has no such table before its first scan. */
  static OptionalInt of(byte[] file) {
    if (file.length < 4 || (file[0] & 0xff) != 0xff || (file[1] & 0xff) != 0xd8) {
      return OptionalInt.empty();
    }
    Bytes bytes = new Bytes(ImageFormat.JPEG, file);
    try {
      for (long at = JpegFile.nextMarker(bytes, 2); ; ) {
        int marker = bytes.u8(at + 1);
        if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
          return OptionalInt.empty();
        }
        long end = JpegFile.endOfSegment(bytes, at);
        if (marker == QUANTISATION) {
          int sum = luminance(bytes, at + 4, end);
          if (sum > 0) {
            return OptionalInt.of(nearest(sum));
          }
        }
        at = JpegFile.nextMarker(bytes, end);
      }
    } catch (ImageException e) {
      return OptionalInt.empty();
    }
  }

  /** The sum of table 0; 0 if the segment does not have it. */
  private static int luminance(Bytes bytes, long from, long end) throws ImageException {
    long at = from;
    while (at < end) {
      int kind = bytes.u8(at);
      int size = kind >> 4 == 0 ? 1 : 2;
      if ((kind & 15) == 0) {
        int sum = 0;
        for (int i = 0; i < LUMINANCE.length; i++) {
          sum += size == 1 ? bytes.u8(at + 1 + i) : bytes.u16be(at + 1 + 2L * i);
        }
        return sum;
      }
      at += 1 + (long) size * LUMINANCE.length;
    }
    return 0;
  }

  private static int nearest(int sum) {
    int best = 1;
    int smallest = Integer.MAX_VALUE;
    for (int quality = 1; quality <= 100; quality++) {
      int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
      int scaled = 0;
      for (int base : LUMINANCE) {
        scaled += Math.max(1, Math.min(255, (base * scale + 50) / 100));
      }
      if (Math.abs(scaled - sum) < smallest) {
        smallest = Math.abs(scaled - sum);
        best = quality;
      }
    }
    return best;
  }
}
