package io.camatlas.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A text of a PNG file, from one of its chunks {@code tEXt}, {@code zTXt} and {@code iTXt}.
 *
 * @param keyword what the text is, such as {@code Comment}
 * @param stored the text, perhaps packed
 */
record PngText(String keyword, byte[] stored, boolean packed) {
  static final String XMP = "XML:com.adobe.xmp";

  /** EXIF as hexadecimal digits, which was written before PNG had a chunk for it. */
  static final String EXIF = "Raw profile type exif";

  /** Pillow's limit, too. Without one, a small file could unpack to gigabytes. */
  private static final int LONGEST = 1 << 20;

  /** The line with the name of a profile, the one with its length, and an empty one before. */
  private static final int LINES_BEFORE_DIGITS = 3;

  /**
   * Reads a chunk.
   *
   * @param chunk its data
   * @return empty if it is of another kind or damaged
   */
  static Optional<PngText> of(String kind, byte[] chunk) {
    int end = zero(chunk, 0);
    if (end < 0) {
      return Optional.empty();
    }
    String keyword = new String(chunk, 0, end, StandardCharsets.ISO_8859_1);
    int from = end + 1;
    boolean packed = false;
    switch (kind) {
      case "tEXt" -> {}
      case "zTXt" -> {
        packed = true;
        from++;
      }
      case "iTXt" -> {
        packed = from < chunk.length && chunk[from] != 0;
        int language = zero(chunk, from + 2);
        int translated = language < 0 ? -1 : zero(chunk, language + 1);
        if (translated < 0) {
          return Optional.empty();
        }
        from = translated + 1;
      }
      default -> {
        return Optional.empty();
      }
    }
    if (from > chunk.length) {
      return Optional.empty();
    }
    return Optional.of(new PngText(keyword, Arrays.copyOfRange(chunk, from, chunk.length), packed));
  }

  private static int zero(byte[] bytes, int from) {
    for (int at = from; at < bytes.length; at++) {
      if (bytes[at] == 0) {
        return at;
      }
    }
    return -1;
  }

  /** The text, unpacked; empty if that is damaged or too long. */
  Optional<byte[]> text() {
    if (!packed) {
      return Optional.of(stored);
    }
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stored);
      byte[] text = new byte[LONGEST];
      int length = inflater.inflate(text);
      return inflater.finished() ? Optional.of(Arrays.copyOf(text, length)) : Optional.empty();
    } catch (DataFormatException damaged) {
      return Optional.empty();
    } finally {
      inflater.end();
    }
  }

  /** What the digits of a profile say; empty if they are no such digits. */
  Optional<byte[]> profile() {
    return text().flatMap(PngText::bytesOfDigits);
  }

  private static Optional<byte[]> bytesOfDigits(byte[] text) {
    String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\n", -1);
    StringBuilder digits = new StringBuilder();
    for (int i = LINES_BEFORE_DIGITS; i < lines.length; i++) {
      digits.append(lines[i].strip());
    }
    try {
      return Optional.of(HexFormat.of().parseHex(digits));
    } catch (IllegalArgumentException otherwise) {
      return Optional.empty();
    }
  }
}
