package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.ListedImage;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table that {@code camatlas pack} writes: images with their encoded bytes.
 *
 * <p>{@code width} and {@code height} come from the header, before any orientation is applied, and
 * are null if the file is not a picture. {@code content} is null, and {@code problem} says why, if
 * a file could not be read or is too large to pack; such an image is read from its path when it is
 * explained.
 */
public final class PackedImagesTable {
  /** Raised whenever a column changes its name or meaning. */
  public static final int VERSION = 2;

  /** Name of the table. */
  public static final String NAME = "images";

  public static final String IMAGE_ID = ImagesTable.IMAGE_ID;
  public static final String PATH = ImagesTable.PATH;
  public static final String SHA256 = ImagesTable.SHA256;
  public static final String BYTES = ImagesTable.BYTES;
  public static final String WIDTH = ExplanationsTable.WIDTH;
  public static final String HEIGHT = ExplanationsTable.HEIGHT;
  public static final String LABEL = ImagesTable.LABEL;
  public static final String BOXES = ImagesTable.BOXES;
  public static final String MASK = ImagesTable.MASK;
  public static final String METADATA = ImagesTable.METADATA;
  public static final String CONTENT = ImagesTable.CONTENT;
  public static final String PROBLEM = "problem";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(IMAGE_ID, StringType, false)
          .add(PATH, StringType, true)
          .add(SHA256, StringType, true)
          .add(BYTES, LongType, true)
          .add(WIDTH, IntegerType, true)
          .add(HEIGHT, IntegerType, true)
          .add(LABEL, StringType, true)
          .add(BOXES, ImagesTable.BOXES_TYPE, true)
          .add(MASK, StringType, true)
          .add(METADATA, ImagesTable.METADATA_TYPE, true)
          .add(CONTENT, BinaryType, true)
          .add(PROBLEM, StringType, true);

  private PackedImagesTable() {}

  /**
   * The packed data of an image.
   *
   * @param content the file's bytes; null if it was not packed
   * @param sha256 SHA-256 of the content, in hexadecimal; null without content
   * @param bytes length of the file; null if not known
   * @param width width from the header, in pixels; null if the file is not a picture
   * @param height height from the header, likewise
   * @param problem why it was not packed, or null
   */
  public record Packed(
      byte[] content, String sha256, Long bytes, Integer width, Integer height, String problem) {}

  /**
   * A row of {@link #SCHEMA}.
   *
   * @param metadata the image's, in the form that Spark's rows have it
   */
  public static Row toRow(ListedImage image, Object metadata, Packed packed) {
    return RowFactory.create(
        image.imageId(),
        image.path(),
        packed.sha256(),
        packed.bytes(),
        packed.width(),
        packed.height(),
        image.label(),
        image.boxes() == null ? null : ImagesTable.boxRows(image.boxes()),
        image.mask(),
        metadata,
        packed.content(),
        packed.problem());
  }
}
