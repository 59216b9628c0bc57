package io.camatlas.spark.atlas;

import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.spark.results.ExplanationRows;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.StatesTable;
import io.camatlas.spark.truth.TruthChoice;
import io.camatlas.spark.truth.TruthSource;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Gathers explanations into parts of states, within each partition. The output has about one row of
 * {@link StatesTable} for each layer, class and confusion in a partition, regardless of the number
 * of input rows.
 */
public final class GatherStage {
  /** Executors also need memory for other things, and writing a state takes some. */
  private static final int SHARE_OF_MEMORY = 6;

  private static final long LEAST_BUDGET = 32L << 20;
  private static final long MOST_BUDGET = 1L << 30;

  private GatherStage() {}

  /**
   * Gathers.
   *
   * @param explanations rows of {@link ExplanationsTable}
   * @param run the run of the explanations
   * @param classes all classes of the run, by index
   * @param examples number of images kept for each feature map, and for each feature map and class
   * @param truth what maps are measured against; if it is a file, {@link TruthSource} has joined
   *     its annotations
   * @return rows of {@link StatesTable}; a state may have several
   */
  public static Dataset<Row> apply(
      Dataset<Row> explanations,
      String run,
      List<String> classes,
      int examples,
      TruthChoice truth,
      SerializableConfiguration hadoop) {
    FlatMapFunction<Iterator<InternalRow>, Row> task =
        rows ->
            new Parts(
                new ExplanationRows(run, rows, classes),
                new Gathering(examples, budget()),
                truth.isNone() ? Optional.empty() : Optional.of(new TruthGathering(truth, hadoop)));
    JavaRDD<Row> parts = ExplanationRows.of(explanations, truth.annotated()).mapPartitions(task);
    return explanations.sparkSession().createDataFrame(parts, StatesTable.SCHEMA);
  }

  /** Memory for the states of one task, in bytes. */
  public static long budget() {
    Runtime runtime = Runtime.getRuntime();
    long share = runtime.maxMemory() / ((long) SHARE_OF_MEMORY * runtime.availableProcessors());
    return Math.max(LEAST_BUDGET, Math.min(MOST_BUDGET, share));
  }

  /** Converts the rows of a partition to parts of states. */
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
        Optional<Boolean> hit =
            truth
                .filter(any -> row.several() == null || row.several().isAsked())
                .flatMap(measuring -> measuring.add(rows.group(), row, rows.annotated(row)));
        gathering
            .add(rows.group(), hit.map(row::withOnObject).orElse(row))
            .ifPresent(parts -> ready = parts);
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
