package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Starts Spark with what spark-submit, the settings' file and the defaults say, in that order. */
public final class SparkSessions {
  private SparkSessions() {}

  /** Starts Spark for a command. */
  public static SparkSession start(String name, GivenSettings given) {
    return start(name, given, Map.of());
  }

  /**
   * Starts Spark.
   *
   * @param environment of executors, where the configuration does not say otherwise
   */
  static SparkSession start(String name, GivenSettings given, Map<String, String> environment) {
    SparkConf conf = new SparkConf();
    SparkSession.Builder builder = SparkSession.builder().appName("CamAtlas " + name);
    if (!conf.contains("spark.master")) {
      builder.master("local[*]");
    }
    environment.forEach(
        (variable, value) -> {
          if (!conf.contains("spark.executorEnv." + variable)) {
            builder.config("spark.executorEnv." + variable, value);
          }
        });
    return start(builder, given);
  }

  /** Starts Spark as the builder says, then as the settings' file does. */
  public static SparkSession start(SparkSession.Builder builder, GivenSettings given) {
    SparkConf conf = new SparkConf();
    given
        .spark()
        .forEach(
            (key, value) -> {
              if (!conf.contains(key)) {
                builder.config(key, value);
              }
            });
    SparkSession spark = builder.getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    return spark;
  }
}
