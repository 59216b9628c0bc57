package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.StringType;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** The table {@code faithfulness_skipped}: one row for each sampled explanation without scores. */
public final class FaithfulnessSkippedTable {
  /** Name of the table. */
  public static final String NAME = "faithfulness_skipped";

  public static final String IMAGE_ID = ExplanationsTable.IMAGE_ID;
  public static final String PATH = ExplanationsTable.PATH;
  public static final String LAYER = ExplanationsTable.LAYER;
  public static final String TARGET = ExplanationsTable.TARGET;
  public static final String REASON = FailuresTable.REASON;
  public static final String DETAIL = FailuresTable.DETAIL;

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(IMAGE_ID, StringType, false)
          .add(PATH, StringType, true)
          .add(LAYER, StringType, false)
          .add(TARGET, StringType, false)
          .add(REASON, StringType, false)
          .add(DETAIL, StringType, true);

  private FaithfulnessSkippedTable() {}

  /**
   * An explanation without scores.
   *
   * @param path path of the image; may be null
   * @param reason the reason in a few words
   * @param detail may be null
   */
  public record Skipped(
      String imageId, String path, String layer, String target, String reason, String detail) {}

  public static Row toRow(Skipped skipped) {
    return RowFactory.create(
        skipped.imageId(),
        skipped.path(),
        skipped.layer(),
        skipped.target(),
        skipped.reason(),
        skipped.detail());
  }

  public static Skipped fromRow(Row row) {
    return new Skipped(
        row.getAs(IMAGE_ID),
        row.getAs(PATH),
        row.getAs(LAYER),
        row.getAs(TARGET),
        row.getAs(REASON),
        row.getAs(DETAIL));
  }
}
