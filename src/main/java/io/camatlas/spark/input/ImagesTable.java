package io.camatlas.spark.input;

import io.camatlas.image.Box;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** What every source of images is brought into: one row an image, bytes only where a table has. */
public final class ImagesTable {
  /** A box in pixels of the original image, edges at whole pixels, y downwards. */
  public static final StructType BOX =
      new StructType()
          .add("x0", DataTypes.DoubleType, false)
          .add("y0", DataTypes.DoubleType, false)
          .add("x1", DataTypes.DoubleType, false)
          .add("y1", DataTypes.DoubleType, false);

  public static final ArrayType BOXES = DataTypes.createArrayType(BOX, false);

  static final StructType SCHEMA =
      new StructType(
          new StructField[] {
            field("image_id", DataTypes.StringType, false),
            field("path", DataTypes.StringType, true),
            field("label", DataTypes.StringType, true),
            field("boxes", BOXES, true),
            field("mask", DataTypes.StringType, true),
            field("content", DataTypes.BinaryType, true)
          });

  private ImagesTable() {}

  private static StructField field(
      String name, org.apache.spark.sql.types.DataType type, boolean nullable) {
    return new StructField(name, type, nullable, Metadata.empty());
  }

  static Row row(String id, String path, String label, List<Box> boxes) {
    return RowFactory.create(id, path, label, boxes == null ? null : boxRows(boxes), null, null);
  }

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
    scala.collection.Seq<Row> rows = image.getSeq(at);
    return CollectionConverters.asJava(rows).stream().map(ImagesTable::box).toList();
  }
}
