package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code comparison_images}: images of each class that show what differs between two
 * audits, those that show it most first.
 *
 * <p>{@code reason} says why an image is here, and {@code amount} how much of it shows, 0 to 1.
 * {@code moved}: both saw the image, and so much of the attention lies elsewhere, half the summed
 * difference of the two maps, each scaled to sum to one. The name of a region: only the second
 * audit saw the image, and so much of its attention lies there; {@code image_id} is null.
 */
public final class ComparisonImagesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "comparison_images";

  public static final String CLASS = AtlasTable.CLASS;
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;
  public static final String RANK = AtlasTable.RANK;
  public static final String REASON = FailuresTable.REASON;
  public static final String AMOUNT = "amount";
  public static final String SHA256 = ExplanationsTable.SHA256;
  public static final String IMAGE_ID = ExplanationsTable.IMAGE_ID;
  public static final String WITH_IMAGE_ID = "with_image_id";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(CLASS, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(REASON, StringType, false)
          .add(RANK, IntegerType, false)
          .add(AMOUNT, DoubleType, false)
          .add(SHA256, StringType, false)
          .add(IMAGE_ID, StringType, true)
          .add(WITH_IMAGE_ID, StringType, false);

  private ComparisonImagesTable() {}

  /** The reason of an image that both saw. */
  public static final String MOVED = ComparisonClassesTable.MOVED;

  /**
   * An image that is kept.
   *
   * @param classIndex the class explained, by the first audit's index
   * @param reason why
   * @param amount how much of that it shows
   * @param imageId in the first audit; null if only the second saw it
   * @param withId in the second audit
   */
  public record Kept(
      int classIndex, String reason, double amount, String sha256, String imageId, String withId)
      implements java.io.Serializable {
    /** Whether both saw it. */
    public boolean isInBoth() {
      return imageId != null;
    }
  }

  /** The row of an image. */
  public static Row toRow(String name, int rank, Kept image) {
    return new RowDraft(SCHEMA)
        .with(CLASS, name)
        .with(CLASS_INDEX, image.classIndex())
        .with(REASON, image.reason())
        .with(RANK, rank)
        .with(AMOUNT, image.amount())
        .with(SHA256, image.sha256())
        .with(IMAGE_ID, image.imageId())
        .with(WITH_IMAGE_ID, image.withId())
        .row();
  }
}
