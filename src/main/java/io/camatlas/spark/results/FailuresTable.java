package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.camatlas.explain.ImageOutcome;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.ListedImage;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code failures}: one row for each image that could not be read or explained.
 *
 * <p>{@code stage} is read, decode, target, forward or explain; {@code reason} is short and
 * suitable for counting; {@code detail} says exactly what happened.
 */
public final class FailuresTable {
  /** Raised whenever a column changes its name or meaning. */
  public static final int VERSION = 2;

  /** Name of the table. */
  public static final String NAME = "failures";

  public static final String IMAGE_ID = ImagesTable.IMAGE_ID;
  public static final String PATH = ImagesTable.PATH;
  public static final String BYTES = ImagesTable.BYTES;
  public static final String MODIFIED = ImagesTable.MODIFIED;
  public static final String LABEL = ImagesTable.LABEL;
  public static final String STAGE = "stage";
  public static final String REASON = "reason";
  public static final String DETAIL = "detail";

  /** What went wrong. */
  static final StructType FAILURE_COLUMNS =
      new StructType()
          .add(STAGE, StringType, false)
          .add(REASON, StringType, false)
          .add(DETAIL, StringType, true);

  /** The columns, in order. */
  public static final StructType SCHEMA =
      ExplanationsTable.joined(
          new StructType()
              .add(IMAGE_ID, StringType, false)
              .add(PATH, StringType, true)
              .add(BYTES, LongType, true)
              .add(MODIFIED, TimestampType, true)
              .add(LABEL, StringType, true),
          FAILURE_COLUMNS);

  private FailuresTable() {}

  public static String stage(ImageOutcome.Skipped image) {
    return image.stage().name().toLowerCase(Locale.ROOT);
  }

  public static Row toRow(ListedImage listed, ImageOutcome.Skipped image) {
    return ExplanationsTable.row(
        new Object[] {
          image.image().id(),
          image.image().path(),
          listed.bytes(),
          listed.modifiedAt(),
          image.image().label().orElse(null)
        },
        failure(image));
  }

  /** Values of {@link #FAILURE_COLUMNS}. */
  static Object[] failure(ImageOutcome.Skipped image) {
    return new Object[] {stage(image), image.reason(), image.detail()};
  }

  /**
   * A row.
   *
   * @param path path of the image; null if it came from a table
   * @param label the class that it is labelled with; null if it has no label
   * @param detail may be null
   */
  public record Failure(
      String imageId, String path, String label, String stage, String reason, String detail) {}

  public static Failure fromRow(Row row) {
    return new Failure(
        row.getAs(IMAGE_ID),
        row.getAs(PATH),
        row.getAs(LABEL),
        row.getAs(STAGE),
        row.getAs(REASON),
        row.getAs(DETAIL));
  }
}
