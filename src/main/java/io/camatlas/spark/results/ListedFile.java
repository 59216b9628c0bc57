package io.camatlas.spark.results;

import io.camatlas.spark.input.ImagesTable;
import java.sql.Timestamp;
import org.apache.spark.sql.Row;

/**
 * What was known of an image's file before it was read; both null where images are no files.
 *
 * @param bytes its length
 * @param modified when it was written last
 */
public record ListedFile(Long bytes, Timestamp modified) {
  /** That of a row of {@link ImagesTable#LISTING}. */
  public static ListedFile of(Row row) {
    Long modified = row.getAs("modified");
    return new ListedFile(row.getAs("bytes"), modified == null ? null : new Timestamp(modified));
  }
}
