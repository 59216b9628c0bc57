package io.camatlas.spark.storage;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.Job;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
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

  /** The format of a table, with the session's Parquet settings. */
  public static PartFormat parquet(SparkSession spark, String table, StructType schema)
      throws IOException {
    Job job = Job.getInstance(new Configuration(spark.sparkContext().hadoopConfiguration()));
    OutputWriterFactory factory =
        new ParquetFileFormat().prepareWrite(spark, job, Map$.MODULE$.empty(), schema);
    return new PartFormat(
        table, schema, factory, new SerializableConfiguration(job.getConfiguration()));
  }
}
