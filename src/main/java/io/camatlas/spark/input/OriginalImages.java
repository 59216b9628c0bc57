package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.lit;

import io.camatlas.image.ImageException;
import io.camatlas.image.Sha256;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Finds the images of explanations again: where they were when explained, or in another source of
 * the same images.
 */
public final class OriginalImages {
  /** The columns that tell an image at a path from others. */
  public static final List<String> AT_PATH =
      List.of(ImagesTable.IMAGE_ID, ImagesTable.PATH, ImagesTable.SHA256);

  private OriginalImages() {}

  /** Thrown if an image is gone, or is no longer the one that was explained. */
  public static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    public Unavailable(String reason, String detail) {
      super(detail);
      this.reason = reason;
    }

    /** The reason in a few words, the same for all images with this problem. */
    public String reason() {
      return reason;
    }
  }

  /**
   * Takes {@code path} and {@code content} of each image from a source; both are null if the source
   * has no such {@code image_id}.
   *
   * @param explanations few enough for every executor to hold them all
   * @param listing where the source's listing is kept; the caller deletes it
   */
  public static Dataset<Row> among(
      SparkSession spark, Dataset<Row> explanations, ReadSource source, String listing) {
    Dataset<Row> images = list(spark, source, listing);
    Dataset<Row> bare = explanations.drop(ImagesTable.PATH);
    Dataset<Row> found = images.join(broadcast(bare), ImagesTable.IMAGE_ID);
    Dataset<Row> absent =
        bare.join(
                images.select(ImagesTable.IMAGE_ID),
                new String[] {ImagesTable.IMAGE_ID},
                "left_anti")
            .withColumn(ImagesTable.PATH, lit(null).cast(DataTypes.StringType))
            .withColumn(ImagesTable.CONTENT, lit(null).cast(DataTypes.BinaryType));
    return found.unionByName(absent);
  }

  /** A source's columns {@code image_id}, {@code path} and {@code content}. */
  public static Dataset<Row> list(SparkSession spark, ReadSource source, String listing) {
    return new ImageSource(spark)
        .read(source, listing)
        .rows()
        .select(ImagesTable.IMAGE_ID, ImagesTable.PATH, ImagesTable.CONTENT);
  }

  /**
   * Finds images that are no longer at their paths, or are others by now.
   *
   * @param images rows with {@link #AT_PATH}, no path being null
   * @return rows of {@link #AT_PATH}, few enough for every executor to hold them all
   */
  public static Dataset<Row> moved(SparkSession spark, Dataset<Row> images, long maxBytes) {
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
    FilterFunction<Row> isMoved =
        row -> {
          try {
            read(row, row.getAs(ImagesTable.SHA256), hadoop.value(), maxBytes, "");
            return false;
          } catch (Unavailable e) {
            return true;
          }
        };
    List<Row> moved =
        images
            .select(AT_PATH.stream().map(functions::col).toArray(Column[]::new))
            .distinct()
            .repartition(2 * spark.sparkContext().defaultParallelism())
            .filter(isMoved)
            .collectAsList();
    StructType schema = new StructType();
    for (String name : AT_PATH) {
      schema = schema.add(name, DataTypes.StringType);
    }
    return broadcast(spark.createDataFrame(moved, schema));
  }

  /**
   * Reads an image and checks that it is the one explained.
   *
   * @param image a row with {@code path} and, if it has this column, {@code content}
   * @param sha256 of the image explained
   * @param absent the message if the row has neither
   */
  public static byte[] read(
      Row image, String sha256, Configuration hadoop, long maxBytes, String absent)
      throws Unavailable {
    byte[] bytes = read(image, hadoop, maxBytes, absent);
    String found = Sha256.of(bytes);
    if (!found.equals(sha256)) {
      throw new Unavailable(
          "changed",
          "The file's SHA-256 is " + found + ", but the run explained one of " + sha256 + ".");
    }
    return bytes;
  }

  /**
   * Reads an image as it is now, without comparing it; otherwise as {@link #read(Row, String,
   * Configuration, long, String)}.
   */
  public static byte[] read(Row image, Configuration hadoop, long maxBytes, String absent)
      throws Unavailable {
    byte[] content = ImagesTable.content(image);
    if (content != null) {
      return content;
    }
    String path = image.getAs(ImagesTable.PATH);
    if (path == null) {
      throw new Unavailable("no path", absent);
    }
    try {
      return HadoopFiles.read(path, hadoop, maxBytes);
    } catch (IOException | RuntimeException | ImageException e) {
      throw new Unavailable("cannot be read", String.valueOf(e.getMessage()));
    }
  }
}
