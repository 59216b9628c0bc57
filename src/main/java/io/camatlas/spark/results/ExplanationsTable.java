package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import io.camatlas.explain.Explanation;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.localize.Localization;
import io.camatlas.spark.input.ImagesTable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code explanations}: one row for each image, target class, layer and rule.
 *
 * <p>Maps are on the layer's own grid, row by row from the top, not negative and not normalised.
 * Fractions count from the left and from the top of what the network saw; pixels are those of the
 * original image, upright. Whatever is undefined on a blank map is null.
 */
public final class ExplanationsTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 4;

  /** The measurements of one map. */
  static final StructType LOCALIZATION =
      new StructType()
          .add("empty", BooleanType, false)
          .add("peak_row", IntegerType, true)
          .add("peak_column", IntegerType, true)
          .add("peak_value", FloatType, false)
          .add("peak_x", DoubleType, true)
          .add("peak_y", DoubleType, true)
          .add("centre_x", DoubleType, true)
          .add("centre_y", DoubleType, true)
          .add("spread", DoubleType, true)
          .add("entropy_nats", DoubleType, true)
          .add("gini", DoubleType, true)
          .add("area_20", DoubleType, true)
          .add("area_50", DoubleType, true)
          .add("parts_50", IntegerType, false)
          .add("largest_part", ImagesTable.BOX, true)
          .add("all_parts", ImagesTable.BOX, true)
          .add("border_mass", DoubleType, true)
          .add("corner_mass", DoubleType, true)
          .add("centre_mass", DoubleType, true)
          .add("sample_agreement", DoubleType, true);

  /** The column with the rule's place among those of its run, from 0. */
  public static final String RULE = "rule";

  private static final StructType FEATURE_MAP =
      new StructType()
          .add("index", IntegerType, false)
          .add("relevance", FloatType, false)
          .add("maximum", FloatType, false)
          .add("row", IntegerType, false)
          .add("column", IntegerType, false);

  /** What the network saw of an image. */
  static final StructType VIEW =
      new StructType()
          .add("width", IntegerType, false)
          .add("height", IntegerType, false)
          .add("input_height", IntegerType, false)
          .add("input_width", IntegerType, false)
          .add("view", ImagesTable.BOX, false);

  /** What the network said of an image. */
  static final StructType PREDICTION =
      new StructType()
          .add("predicted", StringType, false)
          .add("predicted_index", IntegerType, false)
          .add("confidence", FloatType, false)
          .add("correct", BooleanType, true)
          .add("probabilities", createArrayType(FloatType, false), false)
          .add("targets", createArrayType(IntegerType, false), false);

  /** The class that is explained. */
  static final StructType TARGET =
      new StructType()
          .add("target", StringType, false)
          .add("target_index", IntegerType, false)
          .add("target_reasons", createArrayType(StringType, false), false)
          .add("target_score", FloatType, false)
          .add("target_probability", FloatType, false);

  static final StructType MODEL =
      new StructType().add("model", StringType, false).add("model_sha256", StringType, false);

  /** Where the network looked for the class, and what says so. */
  static final StructType FINDING =
      new StructType()
          .add("layer", StringType, false)
          .add(RULE, IntegerType, false)
          .add("method", StringType, false)
          .add("parameters", createMapType(StringType, StringType, false), false)
          .add("map", createArrayType(FloatType, false), false)
          .add("map_height", IntegerType, false)
          .add("map_width", IntegerType, false)
          .add("filter_maps", createArrayType(createArrayType(FloatType, false), false), true)
          .add("weights", createArrayType(FloatType, false), false)
          .add("mean_activations", createArrayType(FloatType, false), false)
          .add("max_activations", createArrayType(FloatType, false), false)
          .add("max_cells", createArrayType(IntegerType, false), false)
          .add("top_feature_maps", createArrayType(FEATURE_MAP, false), false)
          .add("localization", LOCALIZATION, false);

  /** The columns, in order. */
  public static final StructType SCHEMA =
      joined(
          new StructType()
              .add("image_id", StringType, false)
              .add("path", StringType, true)
              .add("sha256", StringType, false)
              .add("bytes", LongType, true)
              .add("modified", TimestampType, true),
          VIEW,
          new StructType()
              .add("label", StringType, true)
              .add("label_index", IntegerType, true)
              .add("boxes", ImagesTable.BOXES, true)
              .add("mask", StringType, true),
          PREDICTION,
          TARGET,
          MODEL,
          FINDING);

  private ExplanationsTable() {}

  /**
   * What all rows of a run share.
   *
   * @param model the model's name
   * @param modelSha256 of the archive, in hexadecimal
   * @param rules in their order
   * @param classes names by index
   */
  public record Run(String model, String modelSha256, List<RunRule> rules, List<String> classes)
      implements java.io.Serializable {}

  /** Columns one after the other. */
  static StructType joined(StructType... parts) {
    return new StructType(
        Arrays.stream(parts)
            .flatMap(part -> Arrays.stream(part.fields()))
            .toArray(StructField[]::new));
  }

  /** A row of values one after the other. */
  static Row row(Object[]... parts) {
    return RowFactory.create(Arrays.stream(parts).flatMap(Arrays::stream).toArray());
  }

  private static Object[] values(Object... values) {
    return values;
  }

  /**
   * @param listed what is known of the image's file
   */
  public static Row toRow(
      Run run, ListedFile listed, ImageOutcome.Explained image, Explanation explanation) {
    return row(
        values(image.imageId(), image.path(), image.sha256(), listed.bytes(), listed.modified()),
        view(image),
        values(
            image.label().orElse(null),
            labelIndex(image),
            image.boxes().isEmpty() ? null : ImagesTable.boxRows(image.boxes()),
            image.mask().orElse(null)),
        prediction(run, image),
        target(run, image, explanation),
        model(run),
        finding(run, run.rules().get(explanation.rule()).parameters(), explanation));
  }

  /** Values of {@link #VIEW}. */
  static Object[] view(ImageOutcome.Explained image) {
    return values(
        image.width(),
        image.height(),
        image.inputHeight(),
        image.inputWidth(),
        ImagesTable.boxRow(image.view()));
  }

  /** The label's class; null where it has none or names no class. */
  static Integer labelIndex(ImageOutcome.Explained image) {
    return image.labelIndex() >= 0 ? image.labelIndex() : null;
  }

  /** Values of {@link #PREDICTION}. */
  static Object[] prediction(Run run, ImageOutcome.Explained image) {
    return values(
        run.classes().get(image.predicted()),
        image.predicted(),
        image.probabilities()[image.predicted()],
        image.labelIndex() >= 0 ? image.labelIndex() == image.predicted() : null,
        image.probabilities(),
        image.targets().stream().mapToInt(Integer::intValue).toArray());
  }

  /** Values of {@link #TARGET}. */
  static Object[] target(Run run, ImageOutcome.Explained image, Explanation explanation) {
    return values(
        run.classes().get(explanation.target()),
        explanation.target(),
        explanation.reasons().toArray(new String[0]),
        explanation.score(),
        image.probabilities()[explanation.target()]);
  }

  /** Values of {@link #MODEL}. */
  static Object[] model(Run run) {
    return values(run.model(), run.modelSha256());
  }

  /**
   * Values of {@link #FINDING}.
   *
   * @param parameters of the rule, as a map of Java's or of Scala's: Spark's encoders of rows know
   *     only the latter
   */
  static Object[] finding(Run run, Object parameters, Explanation explanation) {
    return values(
        explanation.layer(),
        explanation.rule(),
        run.rules().get(explanation.rule()).method(),
        parameters,
        explanation.map(),
        explanation.height(),
        explanation.width(),
        explanation.filterMaps().isEmpty() ? null : explanation.filterMaps().toArray(),
        explanation.weights(),
        explanation.meanActivations(),
        explanation.maxActivations(),
        explanation.maxCells(),
        explanation.topFeatureMaps().stream()
            .map(
                use ->
                    RowFactory.create(
                        use.index(), use.relevance(), use.maximum(), use.row(), use.column()))
            .toArray(Row[]::new),
        localization(explanation));
  }

  private static Row localization(Explanation explanation) {
    Localization map = explanation.localization();
    return RowFactory.create(
        map.empty(),
        map.empty() ? null : map.peakRow(),
        map.empty() ? null : map.peakColumn(),
        (float) map.peakValue(),
        defined(explanation.peakX()),
        defined(explanation.peakY()),
        defined(map.centreX()),
        defined(map.centreY()),
        defined(map.spread()),
        defined(map.entropyNats()),
        defined(map.gini()),
        defined(map.area20()),
        defined(map.area50()),
        map.parts50(),
        explanation.largestPart().map(ImagesTable::boxRow).orElse(null),
        explanation.allParts().map(ImagesTable::boxRow).orElse(null),
        defined(map.borderMass()),
        defined(map.cornerMass()),
        defined(map.centreMass()),
        explanation.sampleAgreement().isPresent()
            ? explanation.sampleAgreement().getAsDouble()
            : null);
  }

  private static Double defined(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
