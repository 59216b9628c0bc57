package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.config.ExplainOptions;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.report.Overlay;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.ShownMap;
import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Draws some images of every class with their maps, in parallel, one PNG file per image.
 *
 * <p>A class's images are those labelled with it, or without labels those predicted as it. A hash
 * of their bytes decides which are drawn, so the same run draws the same images. The map drawn is
 * that of the first rule and, if there is one, of the predicted class.
 */
final class OverlayStage {
  private static final String ABSENT =
      "The table's row has neither content nor a path to read it from.";

  /** The column with the class that an image is drawn for. */
  private static final String CLASS = "drawn_class";

  private final ExplainJobSettings settings;
  private final SerializableConfiguration hadoop;

  OverlayStage(ExplainJobSettings settings, SerializableConfiguration hadoop) {
    this.settings = settings;
    this.hadoop = hadoop;
  }

  /**
   * Writes {@code folder/CLASS/IMAGE.png}.
   *
   * @return number of pictures written
   */
  long write(Dataset<Row> images, Dataset<Row> explanations, String folder) {
    WindowSpec oneOfImage =
        Window.partitionBy(ExplanationsTable.IMAGE_ID).orderBy(ShownMap.order());
    WindowSpec byClass =
        Window.partitionBy(CLASS)
            .orderBy(xxhash64(col(ExplanationsTable.SHA256)), col(ExplanationsTable.IMAGE_ID));
    Dataset<Row> chosen =
        explanations
            .where(ExplanationsTable.ofRule(0))
            .where(ExplanationsTable.isAsked())
            // Every executor holds these rows; what no picture shows is most of them.
            .drop(
                ExplanationsTable.PATH,
                ExplanationsTable.PROBABILITIES,
                ExplanationsTable.TOP_CLASSES,
                ExplanationsTable.FILTER_MAPS,
                ExplanationsTable.WEIGHTS,
                ExplanationsTable.MEAN_ACTIVATIONS,
                ExplanationsTable.MAX_ACTIVATIONS,
                ExplanationsTable.MAX_CELLS,
                ExplanationsTable.TOP_FEATURE_MAPS)
            .withColumn(CLASS, ExplanationsTable.classOfImage())
            .withColumn("of_image", row_number().over(oneOfImage))
            .where(col("of_image").equalTo(1))
            .withColumn("of_class", row_number().over(byClass))
            .where(col("of_class").leq(settings.given().get(ExplainOptions.OVERLAYS)));
    Dataset<Row> joined =
        images
            .select(ImagesTable.IMAGE_ID, ImagesTable.PATH, ImagesTable.CONTENT)
            .join(broadcast(chosen), ImagesTable.IMAGE_ID);
    DecodeLimits limits = settings.explain().limits();
    SerializableConfiguration files = hadoop;
    MapPartitionsFunction<Row, Long> draw =
        rows -> List.of(draw(rows, limits, files, folder)).iterator();
    return joined.mapPartitions(draw, Encoders.LONG()).collectAsList().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static long draw(
      Iterator<Row> rows, DecodeLimits limits, SerializableConfiguration hadoop, String folder)
      throws IOException {
    ImageDecoder decoder = new ImageDecoder(limits);
    Overlay overlay = new Overlay();
    long drawn = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      String id = row.getAs(ImagesTable.IMAGE_ID);
      try {
        byte[] bytes = OriginalImages.read(row, hadoop.value(), limits.maxBytes(), ABSENT);
        byte[] png = overlay.png(ShownMap.request(row, decoder.decode(bytes)));
        Path file = new Path(new Path(folder, fileName(row.getAs(CLASS))), fileName(id) + ".png");
        HadoopFiles.write(file, png, hadoop.value());
        drawn++;
      } catch (OriginalImages.Unavailable | ImageException e) {
        throw new IOException(
            id + " was explained but now cannot be read or decoded: " + e.getMessage(), e);
      }
    }
    return drawn;
  }

  /**
   * Converts a name to a valid path component on every file system; different names give different
   * components, barring hash collisions.
   */
  static String fileName(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
    boolean changed = !safe.equals(name) || safe.startsWith(".") || safe.length() > 100;
    String shortened = safe.substring(0, Math.min(100, safe.length())).replaceFirst("^\\.+", "_");
    return changed ? shortened + "-" + Integer.toHexString(name.hashCode()) : shortened;
  }
}
