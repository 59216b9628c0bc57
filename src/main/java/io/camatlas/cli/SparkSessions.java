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
    SparkSession.Builder builder = builder(name);
    if (!conf.contains("spark.master")) {
      builder.master("local[*]");
    }
    environment.forEach(
        (variable, value) -> {
          if (!conf.contains("spark.executorEnv." + variable)) {
            builder.config("spark.executorEnv." + variable, value);
          }
        });
    return started(given, builder);
  }

  private static SparkSession.Builder builder(String name) {
    return SparkSession.builder().appName("CamAtlas " + name);
  }

  private static SparkSession started(GivenSettings given, SparkSession.Builder builder) {
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

  /** Starts Spark in this process on so many threads, whatever spark-submit was told. */
  static SparkSession local(String name, GivenSettings given, int threads) {
    return started(given, builder(name).master("local[" + threads + "]"));
  }

  /** Starts Spark with so many executors of one core, each a process of this machine. */
  static SparkSession processes(String name, GivenSettings given, int executors) {
    return started(
        given,
        builder(name)
            .master("local-cluster[" + executors + ",1,2048]")
            .config("spark.executor.memory", "1g")
            // This process has all jars, and sends none.
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path")));
  }
}
