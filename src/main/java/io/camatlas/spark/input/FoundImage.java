package io.camatlas.spark.input;

import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.HashMap;

/**
 * An image as a source finds it, before its name has been checked to be unique; every component may
 * be null.
 *
 * @param imageId its name
 * @param path its location
 * @param bytes its length in bytes
 * @param modified time of its last change, in milliseconds since 1970
 * @param label name of the class it is labelled with
 * @param boxes rows of {@link ImagesTable#BOX_TYPE}
 * @param mask path of an image that masks its objects
 * @param metadata what else the source says of it: a map of names and values, for Spark
 * @param problem what is wrong with this entry of the source; a phrase that follows the source's
 *     name in messages
 */
record FoundImage(
    String imageId,
    String path,
    Long bytes,
    Long modified,
    String label,
    Object boxes,
    String mask,
    Object metadata,
    String problem) {
  /** What is wrong with a row. */
  static final String PROBLEM = "problem";

  /** Columns that say what is known of an image in their own way; packed tables have all. */
  static final Set<String> NOT_METADATA =
      Set.of(
          ImagesTable.IMAGE_ID,
          ImagesTable.PATH,
          ImagesTable.BYTES,
          ImagesTable.MODIFIED,
          ImagesTable.SHA256,
          ImagesTable.LABEL,
          ImagesTable.BOXES,
          ImagesTable.MASK,
          PROBLEM,
          "width",
          "height");

  /** The columns of {@link ImagesTable#LISTING}, all nullable, and the problem. */
  static final StructType SCHEMA = schema();

  /** A file, or a part of one, with no annotations. */
  static FoundImage file(String imageId, String path, Long bytes, Long modified, String label) {
    return new FoundImage(imageId, path, bytes, modified, label, null, null, null, null);
  }

  /** The same, with what else the source says of it. */
  FoundImage withMetadata(Map<String, String> further) {
    // Spark's rows hold Scala's maps.
    HashMap<String, String> entries = new HashMap<>();
    for (Map.Entry<String, String> entry : further.entrySet()) {
      entries = entries.updated(entry.getKey(), entry.getValue());
    }
    return new FoundImage(imageId, path, bytes, modified, label, boxes, mask, entries, problem);
  }

  /** An entry of the source that cannot be used. */
  static FoundImage wrong(String problem) {
    return new FoundImage(null, null, null, null, null, null, null, null, problem);
  }

  /** A row of {@link #SCHEMA}. */
  Row toRow() {
    String unknownSha256 = null;
    return RowFactory.create(
        imageId, path, bytes, modified, unknownSha256, label, boxes, mask, metadata, problem);
  }

  private static StructType schema() {
    StructType schema = new StructType();
    for (StructField field : ImagesTable.LISTING.fields()) {
      schema = schema.add(field.name(), field.dataType(), true);
    }
    return schema.add(PROBLEM, DataTypes.StringType, true);
  }
}
