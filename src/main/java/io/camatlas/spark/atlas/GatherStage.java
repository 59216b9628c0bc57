package io.camatlas.spark.atlas;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Gathering;
import io.camatlas.spark.results.ExplanationRows;
import io.camatlas.spark.results.ExplanationRows.Annotated;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.StatesTable;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
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

  /** A class's state is as large as the rows of so many of its images. */
  private static final long ROWS_OF_A_STATE = 3;

  /** Rows of a partition, where rows are brought together by class. */
  private static final long ROWS_OF_A_PARTITION = 20_000;

  private static final String FILE = "file";
  private static final String TARGET = "target";
  private static final String ROWS = "rows";

  private GatherStage() {}

  /**
   * How the rows of a table are spread over the tasks that read it.
   *
   * @param rows number of rows
   * @param classes number of target classes
   * @param files number of files
   * @param groups number of pairs of a file and a target class that it has rows of
   * @param tasks number of tasks that read the files
   */
  public record Spread(long rows, long classes, long files, long groups, int tasks) {
    /** Reads two columns of a table. */
    public static Spread of(Dataset<Row> explanations) {
      Row counts =
          explanations
              .groupBy(input_file_name().as(FILE), col(ExplanationsTable.TARGET_INDEX).as(TARGET))
              .agg(count(lit(1)).as(ROWS))
              .agg(
                  coalesce(sum(ROWS), lit(0L)),
                  count_distinct(col(TARGET)),
                  count_distinct(col(FILE)),
                  count(lit(1)))
              .first();
      return new Spread(
          counts.getLong(0),
          counts.getLong(1),
          counts.getLong(2),
          counts.getLong(3),
          explanations.javaRDD().getNumPartitions());
    }

    /**
     * Whether tasks have so few rows of each class that their states would be larger than the rows
     * themselves, as of images in random order with very many classes.
     */
    boolean isScattered() {
      if (rows == 0) {
        return false;
      }
      double filesOfATask = Math.max(1, (double) files / (double) tasks);
      double classesOfATask =
          Math.min((double) classes, filesOfATask * (double) groups / (double) files);
      return classes > 1 && Math.max(tasks, 1) * classesOfATask * ROWS_OF_A_STATE > (double) rows;
    }

    int partitions(int least) {
      return (int) Math.max(least, Math.min(Integer.MAX_VALUE, rows / ROWS_OF_A_PARTITION));
    }
  }

  /**
   * Gathers. Rows of classes that are scattered over all files are brought together first, since
   * rows are smaller than states of so few.
   *
   * @param explanations rows of {@link ExplanationsTable}
   * @param spread how they are spread
   * @param run the run of the explanations
   * @param examples number of images kept for each feature map, and for each feature map and class
   * @param truth what maps are measured against; if it is a file, {@link TruthSource} has joined
   *     its annotations
   * @return rows of {@link StatesTable}; a state may have several
   */
  public static Dataset<Row> apply(
      Dataset<Row> explanations,
      Spread spread,
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
    SparkSession spark = explanations.sparkSession();
    JavaRDD<InternalRow> read =
        spread.isScattered()
            ? ExplanationRows.byClass(
                explanations,
                annotated(truth),
                spread.partitions(spark.sparkContext().defaultParallelism()),
                spread.classes())
            : ExplanationRows.of(explanations, annotated(truth));
    JavaRDD<Row> parts = read.mapPartitions(task);
    return spark.createDataFrame(parts, StatesTable.SCHEMA);
  }

  private static Annotated annotated(TruthChoice truth) {
    if (truth.isNone()) {
      return Annotated.NOT;
    }
    return truth.isFile() ? Annotated.BY_JOIN : Annotated.BY_ROWS;
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
            truth.flatMap(measuring -> measuring.add(rows.group(), row, rows.annotated(row)));
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
