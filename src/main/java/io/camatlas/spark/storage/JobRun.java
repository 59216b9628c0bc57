package io.camatlas.spark.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * A running job: when it started, how Spark's web UI describes it, and what Spark's session is set
 * to meanwhile. What the user or the session chose stays, and the rest is as before when it ends.
 */
public final class JobRun implements AutoCloseable {
  private static final String PARTITIONS = "spark.sql.shuffle.partitions";
  private static final long ROWS_A_PARTITION = 1_000;
  private static final int MOST_PARTITIONS = 200;
  private static final String ROWS_AT_ONCE = "spark.sql.parquet.columnarReaderBatchSize";

  /** Spark writes a class for each query, unless these say that it interprets it. */
  private static final Map<String, String> INTERPRETED =
      Map.of(
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  /** From so many rows on a class is worth the seconds in which it is compiled. */
  private static final long WORTH_COMPILING = 20_000;

  private final SparkSession spark;
  private final Instant started = Instant.now();

  /** What was set here, by key, and what to set it to at the end; null if it was not set. */
  private final Map<String, Setting> settings = new HashMap<>();

  private record Setting(String now, String before) {}

  private JobRun(SparkSession spark) {
    this.spark = spark;
  }

  /** Starts the clock. Until {@link #expect} says otherwise, a job has few rows. */
  public static JobRun start(SparkSession spark) {
    JobRun job = new JobRun(spark);
    // Both or neither: who has chosen one has chosen.
    if (INTERPRETED.keySet().stream().noneMatch(spark.conf().getAll()::contains)) {
      INTERPRETED.forEach(job::choose);
    }
    return job;
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
   * default, and compiles its queries if there are many.
   */
  public void expect(long rows) {
    long enough = Math.max(rows / ROWS_A_PARTITION, spark.sparkContext().defaultParallelism());
    choose(PARTITIONS, String.valueOf(Math.max(1, Math.min(MOST_PARTITIONS, enough))));
    if (rows >= WORTH_COMPILING) {
      INTERPRETED.keySet().forEach(this::restore);
    }
  }

  /**
   * Sets how many rows Spark decodes at once, until the job ends: its default of 4,096 large rows
   * would not fit in an executor.
   */
  public void readAtOnce(int rows) {
    set(ROWS_AT_ONCE, String.valueOf(rows));
  }

  /** Sets what nobody has chosen. */
  private void choose(String key, String value) {
    if (settings.containsKey(key) || !spark.conf().getAll().contains(key)) {
      set(key, value);
    }
  }

  private void set(String key, String value) {
    Setting earlier = settings.get(key);
    String before =
        earlier != null
            ? earlier.before
            : spark.conf().getAll().contains(key) ? spark.conf().get(key) : null;
    spark.conf().set(key, value);
    settings.put(key, new Setting(value, before));
  }

  /** As it was before, unless somebody else has set it since. */
  private void restore(String key) {
    Setting setting = settings.remove(key);
    if (setting == null || !spark.conf().get(key).equals(setting.now)) {
      return;
    }
    if (setting.before == null) {
      spark.conf().unset(key);
    } else {
      spark.conf().set(key, setting.before);
    }
  }

  @Override
  public void close() {
    List.copyOf(settings.keySet()).forEach(this::restore);
    spark.sparkContext().setJobDescription(null);
  }
}
