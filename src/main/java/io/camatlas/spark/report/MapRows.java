package io.camatlas.spark.report;

import io.camatlas.report.facts.Grid;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Rows with maps, made no finer than pages show them before they come to the driver. */
final class MapRows {
  private MapRows() {}

  /**
   * The same rows with coarser maps where they are finer than {@link Grid#MOST_SHOWN}.
   *
   * @param rows with {@code map_height} and {@code map_width}, which follow the maps
   * @param maps names of columns with arrays of numbers
   */
  static Dataset<Row> reduced(Dataset<Row> rows, String... maps) {
    StructType schema = rows.schema();
    MapFunction<Row, Row> reduce = row -> reduced(row, maps);
    return rows.map(reduce, Encoders.row(schema));
  }

  private static Row reduced(Row row, String[] maps) {
    Fields fields = new Fields(row);
    int height = fields.index("map_height");
    int width = fields.index("map_width");
    if (Math.max(height, width) <= Grid.MOST_SHOWN) {
      return row;
    }
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    for (String map : maps) {
      if (fields.has(map)) {
        Grid grid = fields.grid(map, height, width).orElseThrow().within(Grid.MOST_SHOWN);
        DataType type = ((ArrayType) row.schema().apply(map).dataType()).elementType();
        values[row.fieldIndex(map)] = array(grid.values(), type);
        values[row.fieldIndex("map_height")] = grid.height();
        values[row.fieldIndex("map_width")] = grid.width();
      }
    }
    return RowFactory.create(values);
  }

  private static Object array(double[] numbers, DataType type) {
    if (type.equals(DataTypes.DoubleType)) {
      return numbers;
    }
    float[] floats = new float[numbers.length];
    long[] longs = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      floats[i] = (float) numbers[i];
      longs[i] = Math.round(numbers[i]);
    }
    return type.equals(DataTypes.FloatType) ? floats : longs;
  }
}
