package io.camatlas.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HostileBytesTest {
  private static final int ROUNDS = 300;

  /** Small, so that a mutated size cannot make the test slow. */
  private final ImageDecoder decoder = new ImageDecoder(new DecodeLimits(1_000_000, 1 << 20));

  static Stream<String> names() {
    return Fixtures.names().stream().filter(name -> !name.startsWith("noise"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void mutatedFileIsAPictureOrAnImageException(String name) {
    byte[] whole = Fixtures.file(name);
    Random random = new Random(name.hashCode());
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            byte[] mutated = mutated(name, whole, random);
            try {
              RgbImage image = decoder.decode(mutated);
              assertThat((long) image.width() * image.height()).isLessThanOrEqualTo(1_000_000);
            } catch (ImageException refused) {
              assertThat(refused.reason()).isNotNull();
              assertThat(refused.getMessage()).isNotBlank();
            }
          }
        });
  }

  /**
   * Changes a few bytes, mostly near the start where sizes and offsets stand, and sometimes cuts
   * the file off.
   */
  private static byte[] mutated(String name, byte[] whole, Random random) {
    byte[] bytes =
        random.nextInt(4) == 0
            ? Arrays.copyOf(whole, random.nextInt(whole.length + 1))
            : whole.clone();
    int changes = bytes.length == 0 ? 0 : random.nextInt(8);
    for (int i = 0; i < changes; i++) {
      int reach = random.nextBoolean() ? Math.min(200, bytes.length) : bytes.length;
      int at = random.nextInt(reach);
      bytes[at] =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> (byte) 0xff;
            case 2 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
            default -> (byte) random.nextInt(256);
          };
    }
    return name.endsWith(".png") && random.nextBoolean() ? withRightChecksums(bytes) : bytes;
  }

  /**
   * So that damage inside of a PNG's chunks reaches the decoder; animation chunks used to end the
   * JVM there.
   */
  private static byte[] withRightChecksums(byte[] bytes) {
    ByteBuffer png = ByteBuffer.wrap(bytes);
    CRC32 crc = new CRC32();
    for (int at = 8; at + 12 <= bytes.length; ) {
      int length = png.getInt(at);
      if (length < 0 || length > bytes.length - 12 - at) {
        return bytes;
      }
      crc.reset();
      crc.update(bytes, at + 4, length + 4);
      png.putInt(at + 8 + length, (int) crc.getValue());
      at += 12 + length;
    }
    return bytes;
  }
}
