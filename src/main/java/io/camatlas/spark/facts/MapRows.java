package io.camatlas.spark.facts;

import io.camatlas.report.facts.Grid;
import io.camatlas.spark.results.ExplanationsTable;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Reduces maps in rows to the resolution of pages before they are sent to the driver. */
public final class MapRows {
  private static final String HEIGHT = ExplanationsTable.MAP_HEIGHT;
  private static final String WIDTH = ExplanationsTable.MAP_WIDTH;

  /** Size of a layer's grid before the maps were made coarser. */
  public static final String GRID_HEIGHT = "grid_height";

  public static final String GRID_WIDTH = "grid_width";

  private MapRows() {}

  /**
   * The same rows, with maps that are finer than {@link Grid#MOST_SHOWN} made coarser.
   *
   * @param rows rows with the height and width of their maps, which are updated to match
   * @param maps names of the columns that hold maps as arrays of numbers
   */
  public static Dataset<Row> reduced(Dataset<Row> rows, String... maps) {
    StructType schema = rows.schema();
    MapFunction<Row, Row> reduce = row -> reduced(row, maps);
    return rows.map(reduce, Encoders.row(schema));
  }

  private static Row reduced(Row row, String[] maps) {
    if (row.isNullAt(row.fieldIndex(HEIGHT))) {
      return row;
    }
    int height = row.getAs(HEIGHT);
    int width = row.getAs(WIDTH);
    if (Math.max(height, width) <= Grid.MOST_SHOWN) {
      return row;
    }
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    for (String map : maps) {
      int at = row.fieldIndex(map);
      // A class that is not split has a map of no other images.
      if (!row.isNullAt(at) && !row.getList(at).isEmpty()) {
        List<? extends Number> numbers = row.getList(at);
        double[] fine = numbers.stream().mapToDouble(Number::doubleValue).toArray();
        DataType type = ((ArrayType) row.schema().apply(map).dataType()).elementType();
        Grid all = new Grid(fine, height, width);
        Grid grid =
            type.equals(DataTypes.LongType)
                ? all.countsWithin(Grid.MOST_SHOWN)
                : all.within(Grid.MOST_SHOWN);
        values[at] = array(grid.values(), type);
        values[row.fieldIndex(HEIGHT)] = grid.height();
        values[row.fieldIndex(WIDTH)] = grid.width();
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
