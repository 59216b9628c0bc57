package io.camatlas.cli;

import io.camatlas.config.GivenSettings;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.sql.SparkSession;

/**
 * Starts Spark. Settings come from spark-submit, the file of settings and the defaults, in that
 * order.
 */
public final class SparkSessions {
  private SparkSessions() {}

  /** Starts Spark for a command. */
  public static SparkSession start(String name, GivenSettings given) {
    return start(name, given, Map.of());
  }

  /**
   * Starts Spark.
   *
   * @param environment environment variables of executors, unless the configuration sets them
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

  /** Starts Spark with the builder's settings, then those of the file of settings. */
  public static SparkSession start(SparkSession.Builder builder, GivenSettings given) {
    SparkConf conf = new SparkConf();
    // Kryo, which a cluster may have for its default, does not know the records that tasks return.
    builder.config("spark.serializer", JavaSerializer.class.getName());
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
