package io.camatlas.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Text files that people write, on any system. */
public final class TextLines {
  private static final String MARK = "\ufeff";

  private TextLines() {}

  /**
   * The lines of a file, without the mark that some editors put before them.
   *
   * @param what is named in the message: {@code `classes` is classes.txt}
   * @throws IllegalArgumentException if the file is not UTF-8
   */
  public static List<String> of(Path file, String what) throws IOException {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString();
      return (text.startsWith(MARK) ? text.substring(1) : text).lines().toList();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(what + ", which is not UTF-8; save it as UTF-8.", e);
    }
  }
}
