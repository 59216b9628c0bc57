package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import io.camatlas.explain.ImageOutcome;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code failures}: one row for each image that could not be read or explained.
 *
 * <p>{@code stage} is read, decode, target, forward or explain; {@code reason} is short and made
 * for counting; {@code detail} says what exactly happened.
 */
public final class FailuresTable {
  /** Raised whenever a column changes its name or meaning. */
  public static final int VERSION = 2;

  /** What went wrong. */
  static final StructType FAILURE =
      new StructType()
          .add("stage", StringType, false)
          .add("reason", StringType, false)
          .add("detail", StringType, true);

  /** The columns, in order. */
  public static final StructType SCHEMA =
      ExplanationsTable.joined(
          new StructType()
              .add("image_id", StringType, false)
              .add("path", StringType, true)
              .add("bytes", LongType, true)
              .add("modified", TimestampType, true)
              .add("label", StringType, true),
          FAILURE);

  private FailuresTable() {}

  public static String stage(ImageOutcome.Skipped image) {
    return image.stage().name().toLowerCase(Locale.ROOT);
  }

  public static Row toRow(ListedFile listed, ImageOutcome.Skipped image) {
    return ExplanationsTable.row(
        new Object[] {
          image.imageId(),
          image.path(),
          listed.bytes(),
          listed.modified(),
          image.label().orElse(null)
        },
        failure(image));
  }

  /** Values of {@link #FAILURE}. */
  static Object[] failure(ImageOutcome.Skipped image) {
    return new Object[] {stage(image), image.reason(), image.detail()};
  }
}
