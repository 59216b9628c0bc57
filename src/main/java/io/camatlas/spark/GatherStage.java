package io.camatlas.spark;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.Examples;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Gathers explanations into parts of states, inside each partition. One row of {@link StatesTable}
 * goes out for each layer, class and confusion that a partition met, however many rows came in.
 */
final class GatherStage {
  private static final DataType TRUTH =
      DataTypes.createArrayType(
          new StructType().add("key", DataTypes.StringType).add("objects", DataTypes.BinaryType));

  private static final StructType SCALARS =
      new StructType()
          .add("run", DataTypes.StringType)
          .add("layer", DataTypes.StringType)
          .add("image_id", DataTypes.StringType)
          .add("path", DataTypes.StringType)
          .add("target_index", DataTypes.IntegerType)
          .add("target", DataTypes.StringType)
          .add("label_index", DataTypes.IntegerType)
          .add("label", DataTypes.StringType)
          .add("predicted_index", DataTypes.IntegerType)
          .add("predicted", DataTypes.StringType)
          .add("confidence", DataTypes.FloatType)
          .add("primary", DataTypes.BooleanType)
          .add("pair", DataTypes.BooleanType)
          .add("map_height", DataTypes.IntegerType)
          .add("map_width", DataTypes.IntegerType)
          .add("entropy_nats", DataTypes.DoubleType)
          .add("gini", DataTypes.DoubleType)
          .add("spread", DataTypes.DoubleType)
          .add("border_mass", DataTypes.DoubleType)
          .add("parts_50", DataTypes.IntegerType)
          .add("width", DataTypes.IntegerType)
          .add("height", DataTypes.IntegerType)
          .add("input_width", DataTypes.IntegerType)
          .add("input_height", DataTypes.IntegerType)
          .add("view", ImagesTable.BOX)
          .add("boxes", ImagesTable.BOXES)
          .add("mask", DataTypes.StringType)
          .add(TruthSource.COLUMN, TRUTH);

  /** Executors need memory for other things too, and a state takes some while it is written. */
  private static final int SHARE_OF_MEMORY = 6;

  private static final long LEAST_BUDGET = 32L << 20;
  private static final long MOST_BUDGET = 1L << 30;

  private GatherStage() {}

  /**
   * Gathers.
   *
   * @param explanations rows of {@link ExplanationsTable}
   * @param run their run
   * @param examples images kept for each feature map, and for each feature map and class
   * @param truth what maps are measured against; where it is a file, {@link TruthSource} has joined
   *     its annotations
   * @return rows of {@link StatesTable}, several for one state
   */
  static Dataset<Row> apply(
      Dataset<Row> explanations,
      String run,
      int examples,
      TruthChoice truth,
      SerializableConfiguration hadoop) {
    MapPartitionsFunction<Tuple2<Row, ExplanationArrays>, Row> task =
        rows ->
            new Parts(
                rows, new Gathering(examples, budget()), truth, new TruthGathering(truth, hadoop));
    return columns(explanations, run, truth).mapPartitions(task, Encoders.row(StatesTable.SCHEMA));
  }

  /** The columns that are read, as tasks see them. */
  static Dataset<Tuple2<Row, ExplanationArrays>> columns(
      Dataset<Row> explanations, String run, TruthChoice truth) {
    Column targets = col("targets");
    Column predicted = col("predicted_index");
    Column first = element_at(targets, 1);
    Column primary =
        col("target_index")
            .equalTo(when(array_contains(targets, predicted), predicted).otherwise(first));
    // array_contains of null is null.
    Column pair =
        coalesce(
            array_contains(targets, predicted)
                .and(array_position(targets, col("label_index")).gt(0)),
            lit(false));
    Column place = col("localization");
    Encoder<Tuple2<Row, ExplanationArrays>> encoder =
        Encoders.tuple(Encoders.row(SCALARS), Encoders.bean(ExplanationArrays.class));
    return explanations
        .select(
            struct(
                    lit(run).as("run"),
                    col("layer"),
                    col("image_id"),
                    col("path"),
                    col("target_index"),
                    col("target"),
                    col("label_index"),
                    col("label"),
                    predicted,
                    col("predicted"),
                    col("confidence"),
                    primary.as("primary"),
                    pair.as("pair"),
                    col("map_height"),
                    col("map_width"),
                    place.getField("entropy_nats").as("entropy_nats"),
                    place.getField("gini").as("gini"),
                    place.getField("spread").as("spread"),
                    place.getField("border_mass").as("border_mass"),
                    place.getField("parts_50").as("parts_50"),
                    col("width"),
                    col("height"),
                    col("input_width"),
                    col("input_height"),
                    col("view"),
                    col("boxes"),
                    col("mask"),
                    (truth.isFile() ? col(TruthSource.COLUMN) : lit(null).cast(TRUTH))
                        .as(TruthSource.COLUMN))
                .as("_1"),
            struct(
                    col("map"),
                    col("weights"),
                    col("mean_activations").as("meanActivations"),
                    col("max_activations").as("maxActivations"),
                    col("max_cells").as("maxCells"))
                .as("_2"))
        .as(encoder);
  }

  /** Memory for the states of one task. */
  static long budget() {
    Runtime runtime = Runtime.getRuntime();
    long share = runtime.maxMemory() / ((long) SHARE_OF_MEMORY * runtime.availableProcessors());
    return Math.max(LEAST_BUDGET, Math.min(MOST_BUDGET, share));
  }

  static ExplainedRow row(Row scalars, ExplanationArrays arrays) {
    return new ExplainedRow(
        new Examples.Image(scalars.getString(2), scalars.getString(3)),
        new ClassName(scalars.getInt(4), scalars.getString(5)),
        scalars.isNullAt(6) ? null : new ClassName(scalars.getInt(6), scalars.getString(7)),
        new ClassName(scalars.getInt(8), scalars.getString(9)),
        scalars.getFloat(10),
        scalars.getBoolean(11),
        scalars.getBoolean(12),
        arrays.getMap(),
        scalars.getInt(13),
        scalars.getInt(14),
        number(scalars, 15),
        number(scalars, 16),
        number(scalars, 17),
        number(scalars, 18),
        scalars.getInt(19),
        arrays.getWeights(),
        arrays.getMeanActivations(),
        arrays.getMaxActivations(),
        arrays.getMaxCells());
  }

  private static double number(Row row, int at) {
    return row.isNullAt(at) ? Double.NaN : row.getDouble(at);
  }

  /** Rows of a partition in, parts of states out. */
  private static final class Parts implements Iterator<Row> {
    private final Iterator<Tuple2<Row, ExplanationArrays>> rows;
    private final Gathering gathering;
    private final TruthChoice truth;
    private final TruthGathering truthGathering;
    private Iterator<Gathering.Part> ready = Collections.emptyIterator();
    private boolean drained;

    Parts(
        Iterator<Tuple2<Row, ExplanationArrays>> rows,
        Gathering gathering,
        TruthChoice truth,
        TruthGathering truthGathering) {
      this.rows = rows;
      this.gathering = gathering;
      this.truth = truth;
      this.truthGathering = truthGathering;
    }

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && rows.hasNext()) {
        Tuple2<Row, ExplanationArrays> next = rows.next();
        Row scalars = next._1();
        Gathering.Group group = new Gathering.Group(scalars.getString(0), scalars.getString(1));
        ExplainedRow row = row(scalars, next._2());
        if (!truth.isNone()) {
          truthGathering.add(group, row.target(), scalars, row.map(), row.height(), row.width());
        }
        Optional<Iterator<Gathering.Part>> full = gathering.add(group, row);
        full.ifPresent(parts -> ready = parts);
      }
      if (!ready.hasNext() && !drained) {
        drained = true;
        ready = gathering.drain();
      }
      if (!ready.hasNext() && !rows.hasNext()) {
        ready = truthGathering.drain();
      }
      return ready.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("The partition has no more states.");
      }
      return StatesTable.toRow(ready.next());
    }
  }
}
