package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.col;

import io.camatlas.image.Box;
import io.camatlas.report.Numbers;
import io.camatlas.report.PixelPoint;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.PictureKind;
import io.camatlas.report.facts.ShownPicture;
import io.camatlas.report.facts.ShownPicture.Attention;
import io.camatlas.report.facts.ShownPicture.Image;
import io.camatlas.report.facts.ShownPicture.Prediction;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.AtlasFolder.Origin;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Chosen explanations, brought to the driver as pictures of a page. */
final class ShownRows {
  private static final List<String> COLUMNS =
      List.of(
          "run",
          "layer",
          "target_index",
          "image_id",
          "path",
          "sha256",
          "width",
          "height",
          "view",
          "label",
          "predicted",
          "confidence",
          "correct",
          "target",
          "target_probability",
          "boxes",
          "map",
          "map_height",
          "map_width",
          "localization",
          ExampleStage.OVERLAP);

  private ShownRows() {}

  /** Fetches rows that are shown, with maps no finer than a page shows them. */
  static List<Row> fetch(Dataset<Row> chosen) {
    List<Column> columns = new ArrayList<>();
    COLUMNS.forEach(name -> columns.add(col(name)));
    Column shown = org.apache.spark.sql.functions.lit(false);
    for (PictureKind kind : PictureKind.values()) {
      columns.add(col(kind.word()));
      shown = shown.or(col(kind.word()).isNotNull());
    }
    Dataset<Row> rows = chosen.where(shown).select(columns.toArray(Column[]::new));
    return MapRows.reduced(rows, "map").collectAsList();
  }

  /**
   * The picture of a row.
   *
   * @param problems why images have no picture, by sha256
   * @param origin of the row's run
   */
  static ShownPicture picture(Row row, Map<String, String> problems, Origin origin) {
    Fields fields = new Fields(row);
    Map<PictureKind, Integer> ranks = new EnumMap<>(PictureKind.class);
    for (PictureKind kind : PictureKind.values()) {
      if (fields.has(kind.word())) {
        ranks.put(kind, fields.index(kind.word()));
      }
    }
    String sha256 = fields.text("sha256");
    Box view = ImagesTable.box(row.getAs("view"));
    Fields found = fields.struct("localization");
    int target = fields.index("target_index");
    return new ShownPicture(
        ranks,
        new Image(
            fields.text("image_id"),
            fields.text("path"),
            sha256,
            row.getAs("width"),
            row.getAs("height"),
            ImagesTable.boxes(row)),
        problems.containsKey(sha256) ? Optional.empty() : Optional.of(Pages.image(sha256)),
        problems.containsKey(sha256) ? "The image " + problems.get(sha256) : "",
        new Prediction(
            fields.text("label"),
            fields.text("predicted"),
            fields.number("confidence"),
            Optional.ofNullable(row.getAs("correct"))),
        new Attention(
            fields.text("target"),
            fields.number("target_probability"),
            fields.grid("map", row.getAs("map_height"), row.getAs("map_width")).orElseThrow(),
            view,
            found.has("peak_x")
                ? Optional.of(new PixelPoint(found.number("peak_x"), found.number("peak_y")))
                : Optional.empty(),
            fields.number(ExampleStage.OVERLAP)),
        numbers(fields, found),
        ReproduceCommand.of(origin.run(), row.getAs("path"), target));
  }

  private static Map<String, String> numbers(Fields row, Fields found) {
    Map<String, String> numbers = new LinkedHashMap<>();
    if (!row.text("label").isEmpty()) {
      numbers.put("label", row.text("label"));
    }
    numbers.put("predicted", row.text("predicted"));
    numbers.put("confidence", Numbers.percentOf(row.number("confidence")));
    numbers.put("attention for", row.text("target"));
    numbers.put("its probability", Numbers.percentOf(row.number("target_probability")));
    numbers.put("overlap with mean map", Numbers.percentOf(row.number(ExampleStage.OVERLAP)));
    numbers.put("entropy, nats", Numbers.threeDigits(found.number("entropy_nats")));
    numbers.put("spread", Numbers.threeDigits(found.number("spread")));
    numbers.put("Gini", Numbers.threeDigits(found.number("gini")));
    numbers.put("area above half", Numbers.percentOf(found.number("area_50")));
    numbers.put("at the border", Numbers.percentOf(found.number("border_mass")));
    numbers.put("in the corners", Numbers.percentOf(found.number("corner_mass")));
    numbers.put("in the centre", Numbers.percentOf(found.number("centre_mass")));
    if (found.has("sample_agreement")) {
      numbers.put("agreement of samples", Numbers.threeDigits(found.number("sample_agreement")));
    }
    numbers.put("maximum of the map", Numbers.threeDigits(found.number("peak_value")));
    return numbers;
  }
}
