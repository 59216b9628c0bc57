package io.camatlas.spark.notebook;

import static org.apache.spark.sql.functions.col;

import io.camatlas.image.DecodeLimits;
import io.camatlas.spark.InputException;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.input.ReadSource;
import io.camatlas.spark.results.ExplanationRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Finds images of explanations: where the user says, else where they were, else in their runs'
 * tables. A source is listed once.
 */
final class ExplainedImages {
  private final SparkSession spark;
  private final List<ReadSource> ofRuns;
  private final Optional<ReadSource> given;
  private final Map<ReadSource, Dataset<Row>> listed = new HashMap<>();

  /** Of runs that read these sources. */
  ExplainedImages(SparkSession spark, List<ReadSource> ofRuns) {
    this(spark, ofRuns, Optional.empty());
  }

  private ExplainedImages(SparkSession spark, List<ReadSource> ofRuns, Optional<ReadSource> given) {
    this.spark = spark;
    this.ofRuns = ofRuns;
    this.given = given;
  }

  /** The same images, which are in another source now. */
  ExplainedImages in(String source) {
    return new ExplainedImages(spark, ofRuns, Optional.of(ReadSource.now(source, ofRuns)));
  }

  /** The bytes of the image that a row explains. */
  byte[] read(ExplanationRow explanation) throws OriginalImages.Unavailable {
    if (given.isPresent()) {
      return read(explanation, given.get());
    }
    try {
      return OriginalImages.read(
          explanation.row(),
          explanation.sha256(),
          hadoop(),
          DecodeLimits.DEFAULT.maxBytes(),
          "The run read it from a table, without a path.");
    } catch (OriginalImages.Unavailable notAtPath) {
      for (ReadSource source : ofRuns) {
        try {
          if (source.isPacked()) {
            return read(explanation, source);
          }
        } catch (OriginalImages.Unavailable | InputException notThere) {
          notAtPath.addSuppressed(notThere);
        }
      }
      throw notAtPath;
    }
  }

  private byte[] read(ExplanationRow explanation, ReadSource source)
      throws OriginalImages.Unavailable {
    List<Row> found =
        images(source)
            .where(col(ImagesTable.IMAGE_ID).equalTo(explanation.imageId()))
            .collectAsList();
    String absent = source.given() + " has no such " + ImagesTable.IMAGE_ID + ".";
    if (found.isEmpty()) {
      throw new OriginalImages.Unavailable("not found", absent);
    }
    return OriginalImages.read(
        found.get(0), explanation.sha256(), hadoop(), DecodeLimits.DEFAULT.maxBytes(), absent);
  }

  private synchronized Dataset<Row> images(ReadSource source) {
    Dataset<Row> images = listed.get(source);
    if (images == null) {
      try {
        Path listing = listing();
        listing.getFileSystem(hadoop()).deleteOnExit(listing);
        images = OriginalImages.list(spark, source, listing.toString());
        listed.put(source, images);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot list " + source.given() + ": " + e.getMessage(), e);
      }
    }
    return images;
  }

  private Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /** The folder must be one that executors on other machines can write to. */
  private Path listing() throws IOException {
    String name = "camatlas-listing-" + UUID.randomUUID();
    return spark.sparkContext().isLocal()
        ? new Path(java.nio.file.Path.of(System.getProperty("java.io.tmpdir"), name).toUri())
        : new Path(FileSystem.get(hadoop()).getHomeDirectory(), name);
  }
}
