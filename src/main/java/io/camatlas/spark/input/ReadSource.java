package io.camatlas.spark.input;

import io.camatlas.config.InputKind;
import java.util.List;

/**
 * A source of images that were read before, and how it is read again.
 *
 * @param given as {@code --images} names it
 * @param kind the form it was read as; {@link InputKind#AUTO} if that is not known
 * @param contentColumns binary columns that the images were in, the likeliest first; empty if they
 *     were files, or if that is not known
 */
public record ReadSource(String given, InputKind kind, List<String> contentColumns) {
  public ReadSource {
    contentColumns = List.copyOf(contentColumns);
  }

  /**
   * Where a user says that images are now. It is read as they were if that is where they were;
   * elsewhere they may have another form, and only the column is known.
   *
   * @param earlier sources that they were read from
   */
  public static ReadSource now(String given, List<ReadSource> earlier) {
    return earlier.stream()
        .filter(source -> source.given.equals(given))
        .findFirst()
        .orElseGet(
            () ->
                new ReadSource(
                    given,
                    InputKind.AUTO,
                    earlier.stream()
                        .flatMap(source -> source.contentColumns.stream())
                        .distinct()
                        .toList()));
  }

  /** Whether the images were in the table itself; a path beside them may lead to others. */
  public boolean isPacked() {
    return !contentColumns.isEmpty();
  }
}
