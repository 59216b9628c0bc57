package io.camatlas.spark.storage;

import java.time.Duration;
import java.time.Instant;
import org.apache.spark.sql.SparkSession;

/** A running job: when it started, and how Spark's web UI describes it. */
public final class JobRun implements AutoCloseable {
  private static final String PARTITIONS = "spark.sql.shuffle.partitions";
  private static final long ROWS_A_PARTITION = 1_000;
  private static final int MOST_PARTITIONS = 200;
  private static final String ROWS_AT_ONCE = "spark.sql.parquet.columnarReaderBatchSize";

  private final SparkSession spark;
  private final Instant started = Instant.now();
  private String sized;
  private String rowsAtOnce;

  private JobRun(SparkSession spark) {
    this.spark = spark;
  }

  /** Starts the clock. */
  public static JobRun start(SparkSession spark) {
    return new JobRun(spark);
  }

  public Instant started() {
    return started;
  }

  /** Wall time since the start. */
  public double seconds() {
    return secondsSince(started);
  }

  /** Wall time since a moment. */
  public static double secondsSince(Instant moment) {
    return Duration.between(moment, Instant.now()).toMillis() / 1000.0;
  }

  /** Sets the description of the next step; a phrase that begins with a verb. */
  public void describe(String what) {
    spark.sparkContext().setJobDescription("CamAtlas: " + what);
  }

  /**
   * Says how many rows the job has, so that Spark does not divide a few among 200 tasks, its
   * default. What the user or the session chose stays; else the session shows the job's number
   * until it ends.
   */
  public void expect(long rows) {
    if (sized != null || !spark.conf().getAll().contains(PARTITIONS)) {
      long enough = Math.max(rows / ROWS_A_PARTITION, spark.sparkContext().defaultParallelism());
      sized = String.valueOf(Math.max(1, Math.min(MOST_PARTITIONS, enough)));
      spark.conf().set(PARTITIONS, sized);
    }
  }

  /**
   * Sets how many rows Spark decodes at once, until the job ends: its default of 4,096 large rows
   * would not fit in an executor.
   */
  public void readAtOnce(int rows) {
    if (rowsAtOnce == null) {
      rowsAtOnce = spark.conf().get(ROWS_AT_ONCE);
    }
    spark.conf().set(ROWS_AT_ONCE, rows);
  }

  @Override
  public void close() {
    if (rowsAtOnce != null) {
      spark.conf().set(ROWS_AT_ONCE, rowsAtOnce);
    }
    if (sized != null && spark.conf().get(PARTITIONS).equals(sized)) {
      spark.conf().unset(PARTITIONS);
    }
    spark.sparkContext().setJobDescription(null);
  }
}
