package io.camatlas.spark.input;

import io.camatlas.image.Box;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What every source of images is brought into: one row an image.
 *
 * <p>{@code bytes}, {@code modified} (milliseconds since 1970) and {@code sha256} are null where
 * the source does not know them; together with the path they tell whether an image has changed. A
 * path {@code shard.tar#OFFSET+LENGTH} is a part of a file.
 */
public final class ImagesTable {
  /** A box in pixels of the original image, edges at whole pixels, y downwards. */
  public static final StructType BOX =
      new StructType()
          .add("x0", DataTypes.DoubleType, false)
          .add("y0", DataTypes.DoubleType, false)
          .add("x1", DataTypes.DoubleType, false)
          .add("y1", DataTypes.DoubleType, false);

  public static final ArrayType BOXES = DataTypes.createArrayType(BOX, false);

  /** All that is known of an image before it is read. */
  public static final StructType LISTING =
      new StructType()
          .add("image_id", DataTypes.StringType, false)
          .add("path", DataTypes.StringType, true)
          .add("bytes", DataTypes.LongType, true)
          .add("modified", DataTypes.LongType, true)
          .add("sha256", DataTypes.StringType, true)
          .add("label", DataTypes.StringType, true)
          .add("boxes", BOXES, true)
          .add("mask", DataTypes.StringType, true);

  /** Place of {@code bytes} in both. */
  public static final int BYTES = 2;

  /** The listing with the encoded image, where a table holds it. */
  public static final StructType SCHEMA = LISTING.add("content", DataTypes.BinaryType, true);

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

  public static List<Box> boxes(Row image) {
    int at = image.fieldIndex("boxes");
    if (image.isNullAt(at)) {
      return List.of();
    }
    List<Row> rows = image.getList(at);
    return rows.stream().map(ImagesTable::box).toList();
  }
}
