package io.camatlas.spark.storage;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of an uncompressed tar file, written {@code shard.tar#OFFSET+LENGTH}.
 *
 * @param file path of the tar file
 * @param offset of the first byte, from 0
 * @param length in bytes
 */
public record FileRange(String file, long offset, long length) {
  private static final Pattern WRITTEN =
      Pattern.compile("(.*\\.(?i:tar))#(\\d{1,18})\\+(\\d{1,18})", Pattern.DOTALL);

  /** The part that a path names; empty if it names a whole file. */
  public static Optional<FileRange> parse(String path) {
    Matcher matcher = WRITTEN.matcher(path);
    return matcher.matches()
        ? Optional.of(
            new FileRange(
                matcher.group(1),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return file + "#" + offset + "+" + length;
  }
}
