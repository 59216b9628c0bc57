package io.camatlas.spark.storage;

import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.collection.immutable.Map$;

/**
 * How executors write the parts of a table: with Spark's own Parquet writer.
 *
 * @param table name of the table
 * @param schema schema of its rows
 * @param factory creates Spark's writers
 * @param hadoop settings for the writers
 */
public record PartFormat(
    String table, StructType schema, OutputWriterFactory factory, SerializableConfiguration hadoop)
    implements Serializable {
  private static final String DICTIONARY = "parquet.enable.dictionary";

  /**
   * The Parquet column of an array of floats. Floats hardly repeat: looking each up in a dictionary
   * would take most of the time that a row takes.
   */
  private static Optional<String> leaf(StructField field) {
    StringBuilder path = new StringBuilder(field.name());
    DataType type = field.dataType();
    while (type instanceof ArrayType array) {
      path.append(".list.element");
      type = array.elementType();
    }
    return type instanceof FloatType && field.dataType() instanceof ArrayType
        ? Optional.of(path.toString())
        : Optional.empty();
  }

  /** The format of a table, with the session's Parquet settings. */
  public static PartFormat parquet(SparkSession spark, String table, StructType schema)
      throws IOException {
    Job job = Job.getInstance(new Configuration(spark.sparkContext().hadoopConfiguration()));
    for (StructField field : schema.fields()) {
      leaf(field)
          .ifPresent(path -> job.getConfiguration().setIfUnset(DICTIONARY + "#" + path, "false"));
    }
    OutputWriterFactory factory =
        new ParquetFileFormat().prepareWrite(spark, job, Map$.MODULE$.empty(), schema);
    return new PartFormat(
        table, schema, factory, new SerializableConfiguration(job.getConfiguration()));
  }
}
