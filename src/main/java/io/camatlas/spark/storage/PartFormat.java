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
 * How the parts of a table are written on executors: as Spark's own Parquet writer does.
 *
 * @param table its name
 * @param schema of its rows
 * @param factory makes Spark's writers
 * @param hadoop settings that the writers need
 */
public record PartFormat(
    String table, StructType schema, OutputWriterFactory factory, SerializableConfiguration hadoop)
    implements Serializable {

  /** The format of a table, with the session's settings of Parquet. */
  public static PartFormat parquet(SparkSession spark, String table, StructType schema)
      throws IOException {
    Job job = Job.getInstance(new Configuration(spark.sparkContext().hadoopConfiguration()));
    OutputWriterFactory factory =
        new ParquetFileFormat().prepareWrite(spark, job, Map$.MODULE$.empty(), schema);
    return new PartFormat(
        table, schema, factory, new SerializableConfiguration(job.getConfiguration()));
  }
}
