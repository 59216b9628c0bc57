package io.camatlas.spark.storage;

import java.time.Duration;
import java.time.Instant;
import org.apache.spark.sql.SparkSession;

/** A running job: when it started, and how Spark's web UI describes it. */
public final class JobRun implements AutoCloseable {
  private final SparkSession spark;
  private final Instant started = Instant.now();

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

  @Override
  public void close() {
    spark.sparkContext().setJobDescription(null);
  }
}
