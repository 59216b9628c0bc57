package io.camatlas.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;

/** Image files of every format with bytes changed at random, the same for the same seed. */
public final class MutatedFiles {
  private MutatedFiles() {}

  /** Names of the files that are mutated. */
  public static List<String> names() {
    return Fixtures.names().stream().filter(name -> !name.startsWith("noise")).toList();
  }

  /** A mutation of one of the files. */
  public static byte[] mutated(String name, long seed) {
    return mutated(name, Fixtures.file(name), new Random(seed));
  }

  /**
   * Changes a few bytes, mostly near the start where sizes and offsets stand, and sometimes cuts
   * the file off.
   */
  static byte[] mutated(String name, byte[] whole, Random random) {
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
