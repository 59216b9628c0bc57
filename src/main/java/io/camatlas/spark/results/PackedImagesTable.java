package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.spark.input.ImagesTable;
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

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add("image_id", StringType, false)
          .add("path", StringType, true)
          .add("sha256", StringType, true)
          .add("bytes", LongType, true)
          .add("width", IntegerType, true)
          .add("height", IntegerType, true)
          .add("label", StringType, true)
          .add("boxes", ImagesTable.BOXES, true)
          .add("mask", StringType, true)
          .add("content", BinaryType, true)
          .add("problem", StringType, true);

  private PackedImagesTable() {}
}
