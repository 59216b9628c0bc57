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
 * <p>{@code width} and {@code height} are those of the header, before any orientation, and null
 * where the file is no picture. {@code content} is null, and {@code problem} says why, where a file
 * could not be read or is larger than is packed; such a row is read from its path when it is
 * explained.
 */
public final class PackedImagesTable {
  /** Raised whenever a column changes its name or meaning. */
  public static final int VERSION = 1;

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
          .add(CONTENT, BinaryType, true)
          .add(PROBLEM, StringType, true);

  private PackedImagesTable() {}

  /**
   * What was packed of an image.
   *
   * @param content the file; null where it was not packed
   * @param sha256 of the content, in hexadecimal; null without it
   * @param bytes of the file; null where that is not known
   * @param width of the header; null where the file is no picture
   * @param height likewise
   * @param problem why it was not packed, or null
   */
  public record Packed(
      byte[] content, String sha256, Long bytes, Integer width, Integer height, String problem) {}

  /** A row of {@link #SCHEMA}. */
  public static Row toRow(ListedImage image, Packed packed) {
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
        packed.content(),
        packed.problem());
  }
}
