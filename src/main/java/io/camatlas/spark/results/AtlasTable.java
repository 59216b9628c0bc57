package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ClassComparison;
import io.camatlas.atlas.Gathering;
import io.camatlas.atlas.Measure;
import io.camatlas.atlas.State;
import io.camatlas.atlas.StateKind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * One table of the atlas, read from one kind of state. Each table is one class, which owns its
 * columns and their version.
 *
 * @param <S> the state
 */
public abstract class AtlasTable<S extends State<S>> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Mean and three quantiles of a measurement; null without any. */
  static final StructType MEASURE =
      new StructType()
          .add("mean", DataTypes.DoubleType, true)
          .add("p10", DataTypes.DoubleType, true)
          .add("p50", DataTypes.DoubleType, true)
          .add("p90", DataTypes.DoubleType, true);

  private final String name;
  private final int version;
  private final StructType schema;

  /**
   * A table.
   *
   * @param version raised whenever a column changes its name, unit or meaning
   */
  AtlasTable(String name, int version, StructType schema) {
    this.name = name;
    this.version = version;
    this.schema = schema;
  }

  /** Name of the folder, and of the view after {@code camatlas_}. */
  public final String name() {
    return name;
  }

  public final int version() {
    return version;
  }

  /** The columns, in order. */
  public final StructType schema() {
    return schema;
  }

  /** The state that it is read from. */
  public abstract StateKind<S> kind();

  /** The rows of one complete state. */
  public abstract void read(S state, Place place, Consumer<Row> rows);

  /** What can only be said once all rows are there. */
  public Dataset<Row> complete(Dataset<Row> rows) {
    return rows;
  }

  /**
   * Where a state belongs.
   *
   * @param group run and layer
   * @param run what was explained and how
   * @param classes all classes of the layer
   */
  public record Place(Gathering.Group group, AtlasRun run, ClassComparison classes) {}

  /** The columns that every table begins with. */
  static StructType columns() {
    return new StructType()
        .add("run", StringType, false)
        .add("model", StringType, false)
        .add("layer", StringType, false)
        .add("method", StringType, false);
  }

  /** A row, those columns first; NaN becomes null. */
  static Row row(Place place, Object... values) {
    List<Object> all = new ArrayList<>();
    all.add(place.group().run());
    all.add(place.run().model());
    all.add(place.group().layer());
    all.add(place.run().method());
    for (Object value : values) {
      all.add(value instanceof Double number && number.isNaN() ? null : value);
    }
    return RowFactory.create(all.toArray());
  }

  /** A row of {@link #MEASURE}. */
  static Row measure(Measure measure) {
    return RowFactory.create(
        defined(measure.moments().meanOrNaN()),
        defined(measure.quantiles().at(0.1)),
        defined(measure.quantiles().at(0.5)),
        defined(measure.quantiles().at(0.9)));
  }

  /** The number, or null for NaN. */
  static Double defined(double number) {
    return Double.isNaN(number) ? null : number;
  }

  /** The numbers, or null where there are none. */
  static double[] definedAll(double[] numbers) {
    return numbers.length == 0 || Double.isNaN(numbers[0]) ? null : numbers;
  }
}
