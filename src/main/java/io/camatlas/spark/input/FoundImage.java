package io.camatlas.spark.input;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * An image as a source finds it, before names are known to be distinct; everything may be null.
 *
 * @param imageId what it is to be called
 * @param path where it lies
 * @param bytes its length
 * @param modified when it was written last, in milliseconds since 1970
 * @param label name of the class it is said to show
 * @param boxes rows of {@link ImagesTable#BOX_TYPE}
 * @param mask path of a mask of its objects
 * @param problem what is wrong with the source at this place; follows the source's name
 */
record FoundImage(
    String imageId,
    String path,
    Long bytes,
    Long modified,
    String label,
    Object boxes,
    String mask,
    String problem) {
  /** What is wrong with a row. */
  static final String PROBLEM = "problem";

  /** Columns of {@link ImagesTable#LISTING}, all of which may be null, and the problem. */
  static final StructType SCHEMA = schema();

  /** A file, or a part of one, without anything said of its objects. */
  static FoundImage file(String imageId, String path, Long bytes, Long modified, String label) {
    return new FoundImage(imageId, path, bytes, modified, label, null, null, null);
  }

  /** A place of the source that cannot be used. */
  static FoundImage wrong(String problem) {
    return new FoundImage(null, null, null, null, null, null, null, problem);
  }

  /** A row of {@link #SCHEMA}. */
  Row toRow() {
    String unknownSha256 = null;
    return RowFactory.create(
        imageId, path, bytes, modified, unknownSha256, label, boxes, mask, problem);
  }

  private static StructType schema() {
    StructType schema = new StructType();
    for (StructField field : ImagesTable.LISTING.fields()) {
      schema = schema.add(field.name(), field.dataType(), true);
    }
    return schema.add(PROBLEM, DataTypes.StringType, true);
  }
}
