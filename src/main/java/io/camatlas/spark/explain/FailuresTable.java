package io.camatlas.spark.explain;

import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.explain.ImageOutcome;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code failures}: one row for each image that could not be read or explained.
 *
 * <p>{@code stage} is read, decode, target, forward or explain; {@code reason} is short and made
 * for counting; {@code detail} says what exactly happened.
 */
public final class FailuresTable {
  /** Raised whenever a column changes its name or meaning. */
  public static final int VERSION = 1;

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add("image_id", StringType, false)
          .add("path", StringType, true)
          .add("label", StringType, true)
          .add("stage", StringType, false)
          .add("reason", StringType, false)
          .add("detail", StringType, true);

  private FailuresTable() {}

  static Row toRow(ImageOutcome.Skipped image) {
    return RowFactory.create(
        image.imageId(),
        image.path(),
        image.label().orElse(null),
        image.stage().name().toLowerCase(Locale.ROOT),
        image.reason(),
        image.detail());
  }
}
