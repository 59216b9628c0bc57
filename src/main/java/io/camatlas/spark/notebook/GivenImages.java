package io.camatlas.spark.notebook;

import static org.apache.spark.sql.functions.col;

import io.camatlas.image.DecodeLimits;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.results.ExplanationRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Finds images in another source than the run's; the source is listed once. */
final class GivenImages {
  private final SparkSession spark;
  private final String source;
  private Dataset<Row> listed;

  GivenImages(SparkSession spark, String source) {
    this.spark = spark;
    this.source = source;
  }

  /** The bytes of the image that a row explains. */
  byte[] read(ExplanationRow explanation) throws OriginalImages.Unavailable {
    List<Row> found =
        images().where(col(ImagesTable.IMAGE_ID).equalTo(explanation.imageId())).collectAsList();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String absent = source + " has no such " + ImagesTable.IMAGE_ID + ".";
    if (found.isEmpty()) {
      throw new OriginalImages.Unavailable("not found", absent);
    }
    return OriginalImages.read(
        found.get(0), explanation.sha256(), hadoop, DecodeLimits.DEFAULT.maxBytes(), absent);
  }

  private synchronized Dataset<Row> images() {
    if (listed == null) {
      try {
        Path listing = listing();
        listing.getFileSystem(spark.sparkContext().hadoopConfiguration()).deleteOnExit(listing);
        listed = OriginalImages.list(spark, source, listing.toString());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot list " + source + ": " + e.getMessage(), e);
      }
    }
    return listed;
  }

  /** The folder must be one that executors on other machines can write to. */
  private Path listing() throws IOException {
    String name = "camatlas-listing-" + UUID.randomUUID();
    return spark.sparkContext().isLocal()
        ? new Path(java.nio.file.Path.of(System.getProperty("java.io.tmpdir"), name).toUri())
        : new Path(
            FileSystem.get(spark.sparkContext().hadoopConfiguration()).getHomeDirectory(), name);
  }
}
