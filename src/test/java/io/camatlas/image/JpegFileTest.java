package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class JpegFileTest {
  private static final byte MARKER = (byte) 0xff;

  @Test
  void bytesThatEndInTheMiddleOfAMarkerAreTruncated() {
    for (int length = 2; length < 60; length++) {
      for (int before = -1; before < length - 1; before++) {
        byte[] bytes = new byte[length];
        bytes[length - 1] = MARKER;
        if (before >= 0) {
          bytes[before] = MARKER;
        }
        assertThatThrownBy(() -> JpegFile.nextMarker(new Bytes(ImageFormat.JPEG, bytes), 0))
            .as("%d bytes, 0xff at %d and the last", length, before)
            .isInstanceOf(ImageException.class);
      }
    }
  }

  @Test
  void theFirstMarkerIsFoundWhereverItIs() throws ImageException {
    Random random = new Random(4);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[2 + random.nextInt(60)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = random.nextInt(4) == 0 ? MARKER : (byte) random.nextInt(0xe0);
      }
      int from = random.nextInt(bytes.length);
      int expected = from;
      while (expected + 1 < bytes.length && !isMarker(bytes, expected)) {
        expected++;
      }
      Bytes file = new Bytes(ImageFormat.JPEG, bytes);
      if (expected + 1 < bytes.length) {
        assertThat(JpegFile.nextMarker(file, from)).isEqualTo(expected);
      } else {
        assertThatThrownBy(() -> JpegFile.nextMarker(file, from))
            .isInstanceOf(ImageException.class);
      }
    }
  }

  private static boolean isMarker(byte[] bytes, int at) {
    int second = bytes[at + 1] & 0xff;
    return bytes[at] == MARKER
        && second > 1
        && second != 0xff
        && !(second >= 0xd0 && second <= 0xd8);
  }
}
