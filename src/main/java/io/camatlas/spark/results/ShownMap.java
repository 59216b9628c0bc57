package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.camatlas.image.Box;
import io.camatlas.image.RgbImage;
import io.camatlas.report.Caption;
import io.camatlas.report.OverlayMarks;
import io.camatlas.report.OverlayRequest;
import io.camatlas.report.PixelPoint;
import io.camatlas.report.PlacedMap;
import io.camatlas.spark.input.ImagesTable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/** Which of an image's maps is shown where none is asked for, and what its picture shows. */
public final class ShownMap {
  private ShownMap() {}

  /**
   * Puts an image's rows of {@link ExplanationsTable} in order: the first is the first rule's, of
   * the predicted class where there is one, of the first layer by name.
   */
  public static Column[] order() {
    return new Column[] {
      col(ExplanationsTable.RULE),
      not(array_contains(col("target_reasons"), "predicted")),
      col("target_probability").desc(),
      col("layer")
    };
  }

  /** The map's values, by rows from the top. */
  public static float[] values(Row explanation) {
    List<Float> values = explanation.getList(explanation.fieldIndex("map"));
    float[] map = new float[values.size()];
    for (int i = 0; i < map.length; i++) {
      map[i] = values.get(i);
    }
    return map;
  }

  /**
   * The picture of a row.
   *
   * @param explanation of {@link ExplanationsTable}
   * @param image that it explains
   */
  public static OverlayRequest request(Row explanation, RgbImage image) {
    Row found = explanation.getAs("localization");
    Optional<PixelPoint> peak =
        found.isNullAt(found.fieldIndex("peak_x"))
            ? Optional.empty()
            : Optional.of(new PixelPoint(found.getAs("peak_x"), found.getAs("peak_y")));
    Row largest = found.getAs("largest_part");
    List<Box> parts = largest == null ? List.of() : List.of(ImagesTable.box(largest));
    int height = explanation.getAs("map_height");
    int width = explanation.getAs("map_width");
    float probability = explanation.getAs("confidence");
    return new OverlayRequest(
        image.width(),
        image.height(),
        image.rgb(),
        new PlacedMap(
            values(explanation), height, width, ImagesTable.box(explanation.getAs("view"))),
        new OverlayMarks(peak, parts, ImagesTable.boxes(explanation)),
        new Caption(
            Objects.requireNonNullElse(explanation.getAs("label"), ""),
            explanation.getAs("predicted"),
            probability,
            explanation.getAs("target"),
            explanation.getAs("layer"),
            explanation.getAs("method")));
  }
}
