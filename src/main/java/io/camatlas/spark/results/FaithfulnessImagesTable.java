package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.faithfulness.Faithfulness;
import io.camatlas.faithfulness.MapKind;
import io.camatlas.faithfulness.ScoredImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code faithfulness_images}: one row for each sampled explanation and kind of map.
 *
 * <p>{@code map_kind} is {@code explanation}, {@code random} or {@code centre}; {@code probability}
 * is the target's probability on the whole image, Y. The four numbers are those of {@link
 * Faithfulness}: all are fractions, {@code average_drop} is null if Y is 0, and {@code increase} is
 * 0 or 1.
 */
public final class FaithfulnessImagesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "faithfulness_images";

  public static final String MODEL = ExplanationsTable.MODEL;
  public static final String MODEL_SHA256 = ExplanationsTable.MODEL_SHA256;
  public static final String LAYER = ExplanationsTable.LAYER;
  public static final String METHOD = ExplanationsTable.METHOD;
  public static final String TARGET = ExplanationsTable.TARGET;
  public static final String TARGET_INDEX = ExplanationsTable.TARGET_INDEX;
  public static final String IMAGE_ID = ExplanationsTable.IMAGE_ID;
  public static final String SHA256 = ExplanationsTable.SHA256;
  public static final String MAP_KIND = "map_kind";
  public static final String AVERAGE_DROP = "average_drop";
  public static final String INCREASE = "increase";
  public static final String INSERTION_AUC = "insertion_auc";
  public static final String DELETION_AUC = "deletion_auc";
  public static final String PROBABILITY = "probability";

  /** Which map it is. */
  static final StructType MAP_COLUMNS =
      new StructType()
          .add(MODEL, StringType, false)
          .add(MODEL_SHA256, StringType, false)
          .add(LAYER, StringType, false)
          .add(METHOD, StringType, false)
          .add(TARGET, StringType, false)
          .add(TARGET_INDEX, IntegerType, false)
          .add(IMAGE_ID, StringType, false)
          .add(SHA256, StringType, false);

  /** The columns, in order. */
  public static final StructType SCHEMA =
      ExplanationsTable.joined(
          MAP_COLUMNS,
          new StructType()
              .add(MAP_KIND, StringType, false)
              .add(AVERAGE_DROP, DoubleType, true)
              .add(INCREASE, DoubleType, false)
              .add(INSERTION_AUC, DoubleType, false)
              .add(DELETION_AUC, DoubleType, false)
              .add(PROBABILITY, DoubleType, false));

  private FaithfulnessImagesTable() {}

  /**
   * One map of a sampled explanation.
   *
   * @param probability probability of the target on the whole image
   */
  public record ScoredMap(
      String model,
      String modelSha256,
      String layer,
      String method,
      String target,
      int targetIndex,
      String imageId,
      String sha256,
      MapKind kind,
      Faithfulness numbers,
      double probability) {}

  /** The rows of one image, one for each kind of map. */
  public static List<Row> toRows(ExplanationRow explanation, ScoredImage scored) {
    List<Row> rows = new ArrayList<>();
    for (MapKind kind : MapKind.values()) {
      rows.add(
          toRow(
              new ScoredMap(
                  explanation.model(),
                  explanation.modelSha256(),
                  explanation.layer(),
                  explanation.method(),
                  explanation.target(),
                  explanation.targetIndex(),
                  explanation.imageId(),
                  explanation.sha256(),
                  kind,
                  scored.maps().get(kind),
                  scored.probability())));
    }
    return rows;
  }

  /**
   * How much better the maps of explanations do than random ones: one row for each of these, with
   * the differences in {@link #INSERTION_AUC} and {@link #DELETION_AUC}. A surer model has higher
   * curves for any map.
   *
   * @param images this table
   */
  public static Dataset<Row> beyondRandom(
      Dataset<Row> images, String modelSha256, String layer, String method) {
    Dataset<Row> own =
        images.where(
            col(MODEL_SHA256)
                .equalTo(modelSha256)
                .and(col(LAYER).equalTo(layer))
                .and(col(METHOD).equalTo(method)));
    return own.groupBy(TARGET_INDEX, SHA256, IMAGE_ID)
        .agg(
            beyondRandom(INSERTION_AUC).as(INSERTION_AUC),
            beyondRandom(DELETION_AUC).as(DELETION_AUC));
  }

  private static Column beyondRandom(String number) {
    return max(when(isOf(MapKind.EXPLANATION), col(number)))
        .minus(max(when(isOf(MapKind.RANDOM), col(number))));
  }

  private static Column isOf(MapKind kind) {
    return col(MAP_KIND).equalTo(kind.text());
  }

  static Row toRow(ScoredMap map) {
    Faithfulness numbers = map.numbers();
    return RowFactory.create(
        map.model(),
        map.modelSha256(),
        map.layer(),
        map.method(),
        map.target(),
        map.targetIndex(),
        map.imageId(),
        map.sha256(),
        map.kind().text(),
        Double.isNaN(numbers.averageDrop()) ? null : numbers.averageDrop(),
        numbers.increase(),
        numbers.insertionAuc(),
        numbers.deletionAuc(),
        map.probability());
  }

  static ScoredMap fromRow(Row row) {
    Double drop = row.getAs(AVERAGE_DROP);
    return new ScoredMap(
        row.getAs(MODEL),
        row.getAs(MODEL_SHA256),
        row.getAs(LAYER),
        row.getAs(METHOD),
        row.getAs(TARGET),
        row.getAs(TARGET_INDEX),
        row.getAs(IMAGE_ID),
        row.getAs(SHA256),
        MapKind.valueOf(row.<String>getAs(MAP_KIND).toUpperCase(Locale.ROOT)),
        new Faithfulness(
            drop == null ? Double.NaN : drop,
            row.getAs(INCREASE),
            row.getAs(INSERTION_AUC),
            row.getAs(DELETION_AUC)),
        row.getAs(PROBABILITY));
  }
}
