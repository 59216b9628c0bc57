package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sha2;

import io.camatlas.image.DecodeLimits;
import io.camatlas.spark.InputException;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.input.ReadSource;
import io.camatlas.spark.results.AtlasFolder.Origin;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/** The images of the runs behind an atlas: where they are now, and how large they may be. */
public final class OriginImages {
  private OriginImages() {}

  /** Where an image was, while it is looked for elsewhere. */
  private static final String WAS = "path_before";

  /**
   * Finds where images are now: where the user says, else where they were, else in their runs'
   * tables. What a run read from a table may have a path beside it, which leads to another picture
   * or to none; such images are taken from the table.
   *
   * @param images rows with {@code image_id}, {@code path} and {@code sha256}
   * @param given where the user says; empty if they have not moved
   * @param listing where listings are kept; the caller deletes it
   * @return the rows with a column {@code content}, null where the image is a file at {@code path}
   */
  public static Dataset<Row> placed(
      SparkSession spark,
      Dataset<Row> images,
      Optional<String> given,
      List<Origin> origins,
      String listing,
      PrintStream console) {
    List<ReadSource> sources = sources(origins);
    if (given.isPresent()) {
      return OriginalImages.among(spark, images, ReadSource.now(given.get(), sources), listing);
    }
    Dataset<Row> atPath = images.where(col(ImagesTable.PATH).isNotNull());
    Dataset<Row> left = images.where(col(ImagesTable.PATH).isNull());
    if (sources.stream().anyMatch(ReadSource::isPacked)) {
      String[] key = OriginalImages.AT_PATH.toArray(String[]::new);
      Dataset<Row> moved = OriginalImages.moved(spark, atPath, limits(origins).maxBytes());
      left = left.unionByName(atPath.join(moved, key, "left_semi"));
      atPath = atPath.join(moved, key, "left_anti");
    }
    Dataset<Row> found = withoutContent(atPath);
    left = left.withColumn(WAS, col(ImagesTable.PATH));
    Column placeless = col(ImagesTable.PATH).isNull().and(col(ImagesTable.CONTENT).isNull());
    Column isAnother =
        coalesce(
            sha2(col(ImagesTable.CONTENT), 256).notEqual(col(ExplanationsTable.SHA256)),
            lit(false));
    for (int i = 0; i < sources.size() && !left.isEmpty(); i++) {
      try {
        Dataset<Row> placed = OriginalImages.among(spark, left, sources.get(i), listing + "-" + i);
        // Tables may count their images alike; the last one's are told to have changed.
        Column here = i + 1 < sources.size() ? not(placeless).and(not(isAnother)) : not(placeless);
        found = found.unionByName(placed.where(here).drop(WAS));
        left = placed.where(not(here)).drop(ImagesTable.CONTENT);
      } catch (InputException gone) {
        // Its images are gone too, which is reported for each.
        console.println("Note: " + gone.getMessage());
      }
    }
    Dataset<Row> nowhere = left.withColumn(ImagesTable.PATH, col(WAS)).drop(WAS);
    return found.unionByName(withoutContent(nowhere));
  }

  /** What the runs read, tables first: of their images, paths may lead elsewhere. */
  private static List<ReadSource> sources(List<Origin> origins) {
    return origins.stream()
        .flatMap(origin -> origin.run().source().stream())
        .distinct()
        .sorted(Comparator.comparing(source -> !source.isPacked()))
        .toList();
  }

  private static Dataset<Row> withoutContent(Dataset<Row> images) {
    return images.withColumn(ImagesTable.CONTENT, lit(null).cast(DataTypes.BinaryType));
  }

  /** Limits large enough for everything that the runs could read. */
  public static DecodeLimits limits(List<Origin> origins) {
    long pixels = DecodeLimits.DEFAULT.maxPixels();
    long bytes = DecodeLimits.DEFAULT.maxBytes();
    for (Origin origin : origins) {
      Map<String, String> given = origin.run().settings();
      pixels = Math.max(pixels, Long.parseLong(given.getOrDefault("max-pixels", "0")));
      bytes = Math.max(bytes, Long.parseLong(given.getOrDefault("max-bytes", "0")));
    }
    return new DecodeLimits(pixels, bytes);
  }
}
