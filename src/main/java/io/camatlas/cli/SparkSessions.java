package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Starts Spark with what spark-submit, the settings' file and the defaults say, in that order. */
final class SparkSessions {
  private SparkSessions() {}

  static SparkSession start(String name, GivenSettings given) {
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
    given
        .spark()
        .forEach(
            (key, value) -> {
              if (!conf.contains(key)) {
                builder.config(key, value);
              }
            });
    environment.forEach(
        (variable, value) -> {
          if (!conf.contains("spark.executorEnv." + variable)) {
            builder.config("spark.executorEnv." + variable, value);
          }
        });
    SparkSession spark = builder.getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    return spark;
  }
}
