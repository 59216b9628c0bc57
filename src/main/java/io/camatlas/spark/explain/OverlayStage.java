package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.explain.ImageInput;
import io.camatlas.image.Box;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.PixelMapping;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.RgbImage;
import io.camatlas.report.Caption;
import io.camatlas.report.Overlay;
import io.camatlas.report.OverlayMarks;
import io.camatlas.report.OverlayRequest;
import io.camatlas.report.PixelPoint;
import io.camatlas.report.PlacedMap;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Draws some images of every class with their maps, in parallel, one PNG file each.
 *
 * <p>A class's images are those labelled so, or without labels those predicted so; which of them
 * are drawn is decided by a hash of their bytes, so that the same run draws the same. The map drawn
 * is the first rule's, of the predicted class where there is one.
 */
final class OverlayStage {
  private final ExplainJobSettings settings;
  private final SerializableConfiguration hadoop;

  OverlayStage(ExplainJobSettings settings, SerializableConfiguration hadoop) {
    this.settings = settings;
    this.hadoop = hadoop;
  }

  /**
   * Writes {@code folder/CLASS/IMAGE.png}.
   *
   * @return how many
   */
  long write(Dataset<Row> images, Dataset<Row> explanations, String folder) {
    WindowSpec oneOfImage =
        Window.partitionBy("image_id")
            .orderBy(
                not(array_contains(col("target_reasons"), "predicted")),
                col("target_probability").desc(),
                col("layer"));
    WindowSpec byClass =
        Window.partitionBy("class").orderBy(xxhash64(col("sha256")), col("image_id"));
    Dataset<Row> chosen =
        explanations
            .where(col(ExplanationsTable.RULE).equalTo(0))
            .drop("path", "boxes")
            .withColumn("class", coalesce(col("label"), col("predicted")))
            .withColumn("of_image", row_number().over(oneOfImage))
            .where("of_image = 1")
            .withColumn("of_class", row_number().over(byClass))
            .where(col("of_class").leq(settings.overlays()))
            .drop("label");
    Dataset<Row> joined = images.join(broadcast(chosen), "image_id");
    Preprocessing preprocessing = settings.card().preprocessing();
    DecodeLimits limits = settings.explain().limits();
    SerializableConfiguration files = hadoop;
    MapPartitionsFunction<Row, Long> draw =
        rows -> List.of(draw(rows, preprocessing, limits, files, folder)).iterator();
    return joined.mapPartitions(draw, Encoders.LONG()).collectAsList().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private static long draw(
      Iterator<Row> rows,
      Preprocessing preprocessing,
      DecodeLimits limits,
      SerializableConfiguration hadoop,
      String folder)
      throws IOException {
    ImageDecoder decoder = new ImageDecoder(limits);
    Overlay overlay = new Overlay();
    long drawn = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      ImageInput input = ExplainTask.input(row, hadoop, limits.maxBytes());
      try {
        RgbImage image = decoder.decode(input.bytes().read());
        byte[] png = overlay.png(request(row, input, image, preprocessing));
        Path file =
            new Path(new Path(folder, fileName(row.getAs("class"))), fileName(input.id()) + ".png");
        ResultFolder.write(file, png, hadoop.value());
        drawn++;
      } catch (ImageException e) {
        throw new IOException(
            input.path() + " was explained but now cannot be decoded: " + e.getMessage(), e);
      }
    }
    return drawn;
  }

  private static OverlayRequest request(
      Row row, ImageInput input, RgbImage image, Preprocessing preprocessing) {
    PixelMapping mapping = preprocessing.mapping(image.width(), image.height());
    Box covered =
        new Box(
            mapping.toOriginalX(0),
            mapping.toOriginalY(0),
            mapping.toOriginalX(preprocessing.inputWidth()),
            mapping.toOriginalY(preprocessing.inputHeight()));
    List<Float> values = row.getList(row.fieldIndex("map"));
    float[] map = new float[values.size()];
    for (int i = 0; i < map.length; i++) {
      map[i] = values.get(i);
    }
    Row found = row.getAs("localization");
    Optional<PixelPoint> peak =
        found.isNullAt(found.fieldIndex("peak_x"))
            ? Optional.empty()
            : Optional.of(new PixelPoint(found.getAs("peak_x"), found.getAs("peak_y")));
    List<Box> parts = new ArrayList<>();
    Row largest = found.getAs("largest_part");
    if (largest != null) {
      parts.add(ImagesTable.box(largest));
    }
    int height = row.getAs("map_height");
    int width = row.getAs("map_width");
    float probability = row.getAs("confidence");
    return new OverlayRequest(
        image.width(),
        image.height(),
        image.rgb(),
        new PlacedMap(map, height, width, covered),
        new OverlayMarks(peak, parts, input.boxes()),
        new Caption(
            input.label().orElse(""),
            row.getAs("predicted"),
            probability,
            row.getAs("target"),
            row.getAs("layer"),
            row.getAs("method")));
  }

  /** A name that is one path component on every file system; distinct for distinct names. */
  static String fileName(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
    boolean changed = !safe.equals(name) || safe.startsWith(".") || safe.length() > 100;
    String shortened = safe.substring(0, Math.min(100, safe.length())).replaceFirst("^\\.+", "_");
    return changed ? shortened + "-" + Integer.toHexString(name.hashCode()) : shortened;
  }
}
