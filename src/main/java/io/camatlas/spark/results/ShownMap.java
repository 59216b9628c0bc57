package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.camatlas.explain.TargetSelection;
import io.camatlas.image.RgbImage;
import io.camatlas.report.Caption;
import io.camatlas.report.OverlayMarks;
import io.camatlas.report.OverlayRequest;
import io.camatlas.report.PixelPoint;
import io.camatlas.report.PlacedMap;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/** Which of an image's maps is shown by default, and what its picture shows. */
public final class ShownMap {
  private ShownMap() {}

  /**
   * The sort order of an image's rows of {@link ExplanationsTable}: first the row of the first
   * rule, of the predicted class if there is one, and of the first layer by name.
   */
  public static Column[] order() {
    return new Column[] {
      col(ExplanationsTable.RULE),
      not(array_contains(col(ExplanationsTable.TARGET_REASONS), TargetSelection.PREDICTED)),
      col(ExplanationsTable.TARGET_PROBABILITY).desc(),
      col(ExplanationsTable.LAYER)
    };
  }

  /** The map's values, row by row from the top. */
  public static float[] values(Row explanation) {
    return ExplanationRow.of(explanation).map();
  }

  /**
   * The request for the picture of a row.
   *
   * @param explanation a row of {@link ExplanationsTable}
   * @param image the image that it explains
   */
  public static OverlayRequest request(Row explanation, RgbImage image) {
    ExplanationRow row = ExplanationRow.of(explanation);
    LocalizationStruct found = row.localization();
    Optional<PixelPoint> peak =
        found.hasPeak()
            ? Optional.of(new PixelPoint(found.peakX(), found.peakY()))
            : Optional.empty();
    return new OverlayRequest(
        image.width(),
        image.height(),
        image.rgb(),
        new PlacedMap(row.map(), row.mapHeight(), row.mapWidth(), row.view()),
        new OverlayMarks(peak, found.largestPart().stream().toList(), row.boxes()),
        new Caption(
            row.labelText(),
            row.predictedText(),
            row.mayHaveSeveral() ? Double.NaN : row.confidence(),
            row.target(),
            row.layer(),
            row.method()));
  }
}
