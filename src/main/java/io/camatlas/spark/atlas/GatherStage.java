package io.camatlas.spark.atlas;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.StatesTable;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Gathers explanations into parts of states, inside each partition. One row of {@link StatesTable}
 * goes out for each layer, class and confusion that a partition met, however many rows came in.
 */
public final class GatherStage {
  private static final DataType TRUTH =
      DataTypes.createArrayType(
          new StructType().add("key", DataTypes.StringType).add("objects", DataTypes.BinaryType));

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
  public static Dataset<Row> apply(
      Dataset<Row> explanations,
      String run,
      int examples,
      TruthChoice truth,
      SerializableConfiguration hadoop) {
    FlatMapFunction<Iterator<InternalRow>, Row> task =
        rows ->
            new Parts(
                new ExplanationRows(run, rows),
                new Gathering(examples, budget()),
                truth.isNone() ? Optional.empty() : Optional.of(new TruthGathering(truth, hadoop)));
    JavaRDD<Row> parts = rows(explanations, truth).mapPartitions(task);
    return explanations.sparkSession().createDataFrame(parts, StatesTable.SCHEMA);
  }

  /**
   * The columns that are read, as Spark holds them: its public rows box every number of an array,
   * which took a third of the time.
   */
  public static JavaRDD<InternalRow> rows(Dataset<Row> explanations, TruthChoice truth) {
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
    boolean measured = !truth.isNone();
    return explanations
        .select(
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
            primary,
            pair,
            col("map"),
            col("map_height"),
            col("map_width"),
            place.getField("entropy_nats"),
            place.getField("gini"),
            place.getField("spread"),
            place.getField("border_mass"),
            place.getField("parts_50"),
            col("weights"),
            col("mean_activations"),
            col("max_activations"),
            col("max_cells"),
            col("width"),
            col("height"),
            col("input_width"),
            col("input_height"),
            measured ? col("view") : lit(null),
            measured && !truth.isFile() ? col("boxes") : lit(null),
            measured && !truth.isFile() ? col("mask") : lit(null),
            truth.isFile() ? col(TruthSource.COLUMN) : lit(null).cast(TRUTH))
        .queryExecution()
        .toRdd()
        .toJavaRDD();
  }

  /** Memory for the states of one task. */
  public static long budget() {
    Runtime runtime = Runtime.getRuntime();
    long share = runtime.maxMemory() / ((long) SHARE_OF_MEMORY * runtime.availableProcessors());
    return Math.max(LEAST_BUDGET, Math.min(MOST_BUDGET, share));
  }

  /** Rows of a partition in, parts of states out. */
  private static final class Parts implements Iterator<Row> {
    private final ExplanationRows rows;
    private final Gathering gathering;
    private final Optional<TruthGathering> truth;
    private Iterator<Gathering.Part> ready = Collections.emptyIterator();
    private boolean drained;

    Parts(ExplanationRows rows, Gathering gathering, Optional<TruthGathering> truth) {
      this.rows = rows;
      this.gathering = gathering;
      this.truth = truth;
    }

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && rows.next()) {
        ExplainedRow row = rows.row();
        truth.ifPresent(measuring -> measuring.add(rows.group(), row, rows.truth(row)));
        gathering.add(rows.group(), row).ifPresent(parts -> ready = parts);
      }
      if (!ready.hasNext() && !drained) {
        drained = true;
        ready = gathering.drain();
      }
      if (!ready.hasNext() && truth.isPresent()) {
        ready = truth.get().drain();
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
