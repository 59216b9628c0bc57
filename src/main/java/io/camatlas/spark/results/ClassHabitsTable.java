package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code class_habits}: one row for each class of a run's layer.
 *
 * <p>{@code blank_map} is the class's map without content: its mean weights on the mean activations
 * of pictures without content. {@code excess_map} is what its mean map has beyond that. Both are in
 * the units of {@code explanations.map}, over {@code n} images, row by row from the top.
 */
public final class ClassHabitsTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "class_habits";

  public static final String RUN = AtlasTable.RUN;
  public static final String LAYER = AtlasTable.LAYER;
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;
  public static final String N = AtlasTable.N;
  public static final String MAP_HEIGHT = AtlasTable.MAP_HEIGHT;
  public static final String MAP_WIDTH = AtlasTable.MAP_WIDTH;
  public static final String BLANK_MAP = "blank_map";
  public static final String EXCESS_MAP = "excess_map";

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add(RUN, StringType, false)
          .add(LAYER, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(N, IntegerType, false)
          .add(MAP_HEIGHT, IntegerType, false)
          .add(MAP_WIDTH, IntegerType, false)
          .add(BLANK_MAP, createArrayType(DoubleType, false), false)
          .add(EXCESS_MAP, createArrayType(DoubleType, false), false);

  private ClassHabitsTable() {}

  /**
   * A class.
   *
   * @param n number of images behind it
   */
  public record OfClass(
      String run,
      String layer,
      int classIndex,
      int n,
      int height,
      int width,
      double[] blank,
      double[] excess) {}

  public static Row toRow(OfClass one) {
    return new RowDraft(SCHEMA)
        .with(RUN, one.run())
        .with(LAYER, one.layer())
        .with(CLASS_INDEX, one.classIndex())
        .with(N, one.n())
        .with(MAP_HEIGHT, one.height())
        .with(MAP_WIDTH, one.width())
        .with(BLANK_MAP, one.blank())
        .with(EXCESS_MAP, one.excess())
        .row();
  }

  public static OfClass fromRow(Row row) {
    return new OfClass(
        row.getAs(RUN),
        row.getAs(LAYER),
        row.getAs(CLASS_INDEX),
        row.getAs(N),
        row.getAs(MAP_HEIGHT),
        row.getAs(MAP_WIDTH),
        numbers(row, BLANK_MAP),
        numbers(row, EXCESS_MAP));
  }

  private static double[] numbers(Row row, String column) {
    List<Double> values = row.getList(row.fieldIndex(column));
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
