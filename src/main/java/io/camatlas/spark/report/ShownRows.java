package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.col;

import io.camatlas.report.Numbers;
import io.camatlas.report.PixelPoint;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.PictureKind;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.report.facts.ShownPicture.Attention;
import io.camatlas.report.facts.ShownPicture.Image;
import io.camatlas.report.facts.ShownPicture.Prediction;
import io.camatlas.spark.facts.MapRows;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ExplanationRow;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.LocalizationStruct;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Collects the chosen explanations on the driver as pictures of a page. */
final class ShownRows {
  private static final List<String> COLUMNS =
      List.of(
          AtlasTable.RUN,
          ExplanationsTable.LAYER,
          ExplanationsTable.TARGET_INDEX,
          ExplanationsTable.IMAGE_ID,
          ExplanationsTable.PATH,
          ExplanationsTable.SHA256,
          ExplanationsTable.WIDTH,
          ExplanationsTable.HEIGHT,
          ExplanationsTable.VIEW,
          ExplanationsTable.LABEL,
          ExplanationsTable.LABEL_INDEX,
          ExplanationsTable.PREDICTED,
          ExplanationsTable.CONFIDENCE,
          ExplanationsTable.CORRECT,
          ExplanationsTable.LABELS,
          ExplanationsTable.PREDICTED_LABELS,
          ExplanationsTable.TARGET_PREDICTED,
          ExplanationsTable.TARGET,
          ExplanationsTable.TARGET_PROBABILITY,
          ExplanationsTable.BOXES,
          ExplanationsTable.METADATA,
          ExplanationsTable.MAP,
          ExplanationsTable.MAP_HEIGHT,
          ExplanationsTable.MAP_WIDTH,
          ExplanationsTable.LOCALIZATION,
          ExampleStage.OVERLAP);

  private static final int LONGEST_SHOWN = 100;

  private ShownRows() {}

  /** Fetches rows that are shown, with maps no finer than a page shows them. */
  static List<Row> fetch(Dataset<Row> chosen) {
    List<Column> columns = new ArrayList<>();
    COLUMNS.forEach(name -> columns.add(col(name)));
    for (PictureKind kind : PictureKind.values()) {
      columns.add(col(kind.word()));
    }
    Dataset<Row> rows = chosen.where(ExampleStage.isShown()).select(columns.toArray(Column[]::new));
    return MapRows.reduced(rows, ExplanationsTable.MAP).collectAsList();
  }

  /**
   * The picture of a row.
   *
   * @param problems why images have no picture, by sha256
   * @param origin origin of the row's run
   */
  static ShownPicture picture(Row row, Map<String, String> problems, Origin origin) {
    Map<PictureKind, Integer> ranks = new EnumMap<>(PictureKind.class);
    for (PictureKind kind : PictureKind.values()) {
      Integer rank = row.getAs(kind.word());
      if (rank != null) {
        ranks.put(kind, rank);
      }
    }
    ExplanationRow explanation = ExplanationRow.of(row);
    LocalizationStruct found = explanation.localization();
    String problem = problems.get(explanation.sha256());
    Double known = row.getAs(ExampleStage.OVERLAP);
    double overlap = known == null ? Double.NaN : known;
    return new ShownPicture(
        ranks,
        new Image(
            explanation.imageId(),
            Objects.requireNonNullElse(explanation.path(), ""),
            explanation.sha256(),
            explanation.width(),
            explanation.height(),
            explanation.boxes()),
        problem == null ? Optional.of(Pages.image(explanation.sha256())) : Optional.empty(),
        problem == null ? "" : "The image " + problem,
        prediction(explanation),
        new Attention(
            explanation.target(),
            explanation.targetProbability(),
            grid(explanation),
            explanation.view(),
            found.hasPeak()
                ? Optional.of(new PixelPoint(found.peakX(), found.peakY()))
                : Optional.empty(),
            overlap,
            found.entropyNats(),
            found.spread()),
        numbers(explanation, found, overlap),
        ReproduceCommand.of(origin.run(), explanation.path(), explanation.targetIndex()));
  }

  private static Prediction prediction(ExplanationRow explanation) {
    boolean isSeveral = explanation.mayHaveSeveral();
    return new Prediction(
        explanation.labelText(),
        explanation.predictedText(),
        isSeveral ? explanation.targetProbability() : explanation.confidence(),
        explanation.correct(),
        isSeveral ? Optional.of(answer(explanation)) : Optional.empty());
  }

  /** What the network says of the class that is explained, beside what is known of it. */
  private static String answer(ExplanationRow explanation) {
    boolean isPredicted = explanation.row().getAs(ExplanationsTable.TARGET_PREDICTED);
    return explanation
        .correct()
        .map(
            right ->
                right
                    ? (isPredicted ? "found" : "not predicted")
                    : (isPredicted ? "added" : "missed"))
        .orElse(isPredicted ? "predicted" : "not predicted");
  }

  private static Grid grid(ExplanationRow explanation) {
    float[] map = explanation.map();
    double[] values = new double[map.length];
    for (int i = 0; i < map.length; i++) {
      values[i] = map[i];
    }
    return new Grid(values, explanation.mapHeight(), explanation.mapWidth());
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST_SHOWN ? value : value.substring(0, LONGEST_SHOWN) + "…";
  }

  private static Map<String, String> numbers(
      ExplanationRow row, LocalizationStruct found, double overlap) {
    Map<String, String> numbers = new LinkedHashMap<>();
    if (!row.labelText().isEmpty()) {
      numbers.put("label", row.labelText());
    }
    numbers.put("predicted", row.predictedText());
    if (!row.mayHaveSeveral()) {
      numbers.put("confidence", Numbers.percentOf(row.confidence()));
    }
    numbers.put("attention for", row.target());
    numbers.put("its probability", Numbers.percentOf(row.targetProbability()));
    row.metadata().forEach((name, value) -> numbers.putIfAbsent(name, shortened(value)));
    numbers.put("overlap with mean map", Numbers.percentOf(overlap));
    numbers.put("entropy, nats", Numbers.threeDigits(found.entropyNats()));
    numbers.put("spread", Numbers.threeDigits(found.spread()));
    numbers.put("Gini", Numbers.threeDigits(found.gini()));
    numbers.put("area above half", Numbers.percentOf(found.area50()));
    numbers.put("at the border", Numbers.percentOf(found.borderMass()));
    numbers.put("in the corners", Numbers.percentOf(found.cornerMass()));
    numbers.put("in the centre", Numbers.percentOf(found.centreMass()));
    if (!Double.isNaN(found.sampleAgreement())) {
      numbers.put("agreement of samples", Numbers.threeDigits(found.sampleAgreement()));
    }
    numbers.put("maximum of the map", Numbers.threeDigits(found.peakValue()));
    return numbers;
  }
}
