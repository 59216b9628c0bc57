package io.camatlas.spark.input;

import io.camatlas.image.Box;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/**
 * The table that every source of images is converted to: one row per image.
 *
 * <p>{@code bytes}, {@code modified} (milliseconds since 1970) and {@code sha256} are null if the
 * source does not know them; together with the path they show whether an image has changed. A path
 * {@code shard.tar#OFFSET+LENGTH} names a part of a file.
 */
public final class ImagesTable {
  public static final String IMAGE_ID = "image_id";
  public static final String PATH = "path";
  public static final String BYTES = "bytes";
  public static final String MODIFIED = "modified";
  public static final String SHA256 = "sha256";
  public static final String LABEL = "label";
  public static final String BOXES = "boxes";
  public static final String MASK = "mask";
  public static final String CONTENT = "content";

  /** What else the source says of an image: names of further columns, and values as text. */
  public static final String METADATA = "metadata";

  /** Characters of a value of metadata that are kept. */
  static final int LONGEST_METADATA = 1000;

  /** Edges of a box. */
  public static final String X0 = "x0";

  public static final String Y0 = "y0";
  public static final String X1 = "x1";
  public static final String Y1 = "y1";

  /** A box in pixels of the original image, edges at whole pixels, y downwards. */
  public static final StructType BOX_TYPE =
      new StructType()
          .add(X0, DataTypes.DoubleType, false)
          .add(Y0, DataTypes.DoubleType, false)
          .add(X1, DataTypes.DoubleType, false)
          .add(Y1, DataTypes.DoubleType, false);

  public static final ArrayType BOXES_TYPE = DataTypes.createArrayType(BOX_TYPE, false);

  public static final MapType METADATA_TYPE =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, true);

  /** All that is known of an image before it is read. */
  public static final StructType LISTING =
      new StructType()
          .add(IMAGE_ID, DataTypes.StringType, false)
          .add(PATH, DataTypes.StringType, true)
          .add(BYTES, DataTypes.LongType, true)
          .add(MODIFIED, DataTypes.LongType, true)
          .add(SHA256, DataTypes.StringType, true)
          .add(LABEL, DataTypes.StringType, true)
          .add(BOXES, BOXES_TYPE, true)
          .add(MASK, DataTypes.StringType, true)
          .add(METADATA, METADATA_TYPE, true);

  /** The listing with the encoded image, for tables that hold one. */
  public static final StructType SCHEMA = LISTING.add(CONTENT, DataTypes.BinaryType, true);

  private ImagesTable() {}

  public static Row[] boxRows(List<Box> boxes) {
    return boxes.stream().map(ImagesTable::boxRow).toArray(Row[]::new);
  }

  public static Row boxRow(Box box) {
    return RowFactory.create(box.x0(), box.y0(), box.x1(), box.y1());
  }

  public static Box box(Row row) {
    return new Box(row.getDouble(0), row.getDouble(1), row.getDouble(2), row.getDouble(3));
  }

  /** As {@link #box(Row)}, for a row in Spark's internal form. */
  public static Box internalBox(InternalRow row) {
    return new Box(row.getDouble(0), row.getDouble(1), row.getDouble(2), row.getDouble(3));
  }

  public static List<Box> boxes(Row image) {
    int at = image.fieldIndex(BOXES);
    if (image.isNullAt(at)) {
      return List.of();
    }
    List<Row> rows = image.getList(at);
    return rows.stream().map(ImagesTable::box).toList();
  }

  /** The encoded image in a row; null if it has none or has no such column. */
  public static byte[] content(Row image) {
    return image.schema().getFieldIndex(CONTENT).isDefined() ? image.getAs(CONTENT) : null;
  }

  /** A row of {@link #LISTING} or {@link #SCHEMA}. */
  public static ListedImage fromRow(Row row) {
    return new ListedImage(
        row.getAs(IMAGE_ID),
        row.getAs(PATH),
        row.getAs(BYTES),
        row.getAs(MODIFIED),
        row.getAs(LABEL),
        row.isNullAt(row.fieldIndex(BOXES)) ? null : boxes(row),
        row.getAs(MASK),
        row.isNullAt(row.fieldIndex(METADATA))
            ? Map.of()
            : row.getJavaMap(row.fieldIndex(METADATA)),
        content(row));
  }
}
