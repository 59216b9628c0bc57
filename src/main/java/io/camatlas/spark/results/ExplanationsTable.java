package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;
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
import io.camatlas.explain.Prediction;
import io.camatlas.explain.TargetSelection;
import io.camatlas.image.PixelMapping;
import io.camatlas.localize.SaliencyMap;
import io.camatlas.model.LabelSets;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.ListedImage;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code explanations}: one row for each image, target class, layer and rule.
 *
 * <p>Maps are on the layer's own grid, row by row from the top, not negative and not normalised.
 * Fractions are measured from the left and the top of what the network saw; pixels are those of the
 * upright original image. Values that are undefined on a blank map are null.
 */
public final class ExplanationsTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 9;

  /** Name of the table. */
  public static final String NAME = "explanations";

  /** The image and its file. */
  public static final String IMAGE_ID = ImagesTable.IMAGE_ID;

  public static final String PATH = ImagesTable.PATH;
  public static final String SHA256 = ImagesTable.SHA256;
  public static final String BYTES = ImagesTable.BYTES;
  public static final String MODIFIED = ImagesTable.MODIFIED;

  /** What the network saw of the image. */
  public static final String WIDTH = "width";

  public static final String HEIGHT = "height";
  public static final String INPUT_HEIGHT = "input_height";
  public static final String INPUT_WIDTH = "input_width";
  public static final String VIEW = "view";

  /** Annotations of the image. */
  public static final String LABEL = ImagesTable.LABEL;

  public static final String LABEL_INDEX = "label_index";

  /** Where images have one label each: whether it names none of the classes. */
  public static Column isLabelledWrongly(List<String> classes) {
    return col(LABEL).isNotNull().and(not(col(LABEL).isin(classes.toArray())));
  }

  /**
   * Where an image may have several labels: the classes that it has, and those of which it is not
   * known; null if nothing is known, and for other models.
   */
  public static final String LABELS = "labels";

  public static final String UNKNOWN_LABELS = "unknown_labels";
  public static final String BOXES = ImagesTable.BOXES;
  public static final String MASK = ImagesTable.MASK;

  /** What else the source said of the image when it was explained, by name. */
  public static final String METADATA = ImagesTable.METADATA;

  /** What the picture is like as a whole, as in {@link PictureStruct}. */
  public static final String PICTURE = PictureStruct.COLUMN;

  /** What the network predicted for the image. */
  public static final String PREDICTED = "predicted";

  public static final String PREDICTED_INDEX = "predicted_index";
  public static final String CONFIDENCE = "confidence";
  public static final String CORRECT = "correct";

  /**
   * Where an image may have several labels: those that the network says it has. {@link #PREDICTED}
   * is the most probable class then, and {@link #CORRECT} says whether the network is right about
   * the class that is explained.
   */
  public static final String PREDICTED_LABELS = "predicted_labels";

  /**
   * Of all classes. In a table, the first row of each image has them, and no other; where images
   * may have several labels, all rows of its first target have them.
   */
  public static final String PROBABILITIES = "probabilities";

  /** Where not all probabilities are kept, the most probable classes, as above. */
  public static final String TOP_CLASSES = "top_classes";

  public static final String TARGETS = "targets";

  /** The class that is explained. */
  public static final String TARGET = "target";

  public static final String TARGET_INDEX = "target_index";
  public static final String TARGET_REASONS = "target_reasons";

  /** Whether the image is labelled as this class; null if that is not known. */
  public static final String TARGET_LABELLED = "target_labelled";

  /** Whether the network says that the image shows this class. */
  public static final String TARGET_PREDICTED = "target_predicted";

  public static final String TARGET_SCORE = "target_score";
  public static final String TARGET_PROBABILITY = "target_probability";

  /** Pixels that the score is the mean over, and their share; null if whole images are scored. */
  public static final String TARGET_OVER = "target_over";

  public static final String TARGET_PIXELS = "target_pixels";

  /** The network. */
  public static final String MODEL = "model";

  public static final String MODEL_SHA256 = "model_sha256";

  /** Where the network looked for the class, and the rule that says so; rules count from 0. */
  public static final String LAYER = "layer";

  public static final String RULE = "rule";
  public static final String METHOD = "method";
  public static final String PARAMETERS = "parameters";
  public static final String MAP = "map";
  public static final String MAP_HEIGHT = "map_height";
  public static final String MAP_WIDTH = "map_width";
  public static final String FILTER_MAPS = "filter_maps";
  public static final String WEIGHTS = "weights";
  public static final String MEAN_ACTIVATIONS = "mean_activations";
  public static final String MAX_ACTIVATIONS = "max_activations";
  public static final String MAX_CELLS = "max_cells";
  public static final String TOP_FEATURE_MAPS = "top_feature_maps";
  public static final String UNDETERMINED = "undetermined";
  public static final String LOCALIZATION = LocalizationStruct.COLUMN;

  /** What the network saw of an image. */
  static final StructType VIEW_COLUMNS =
      new StructType()
          .add(WIDTH, IntegerType, false)
          .add(HEIGHT, IntegerType, false)
          .add(INPUT_HEIGHT, IntegerType, false)
          .add(INPUT_WIDTH, IntegerType, false)
          .add(VIEW, ImagesTable.BOX_TYPE, false);

  /** What the labels of an image say. */
  static final StructType LABEL_COLUMNS =
      new StructType()
          .add(LABEL_INDEX, IntegerType, true)
          .add(LABELS, createArrayType(StringType, false), true)
          .add(UNKNOWN_LABELS, createArrayType(StringType, false), true);

  /** What the network predicted for an image. */
  static final StructType PREDICTION_COLUMNS =
      new StructType()
          .add(PREDICTED, StringType, false)
          .add(PREDICTED_INDEX, IntegerType, false)
          .add(CONFIDENCE, FloatType, false)
          .add(CORRECT, BooleanType, true)
          .add(PREDICTED_LABELS, createArrayType(StringType, false), true)
          .add(PROBABILITIES, createArrayType(FloatType, false), false)
          .add(TARGETS, createArrayType(IntegerType, false), false);

  /** The same in a table, where an image may have several rows. */
  private static final StructType PREDICTION_OF_ROW_COLUMNS =
      new StructType()
          .add(PREDICTED, StringType, false)
          .add(PREDICTED_INDEX, IntegerType, false)
          .add(CONFIDENCE, FloatType, false)
          .add(CORRECT, BooleanType, true)
          .add(PREDICTED_LABELS, createArrayType(StringType, false), true)
          .add(PROBABILITIES, createArrayType(FloatType, false), true)
          .add(TOP_CLASSES, createArrayType(ClassProbabilityStruct.TYPE, false), true)
          .add(TARGETS, createArrayType(IntegerType, false), false);

  /** The class that is explained. */
  static final StructType TARGET_COLUMNS =
      new StructType()
          .add(TARGET, StringType, false)
          .add(TARGET_INDEX, IntegerType, false)
          .add(TARGET_REASONS, createArrayType(StringType, false), false)
          .add(TARGET_LABELLED, BooleanType, true)
          .add(TARGET_PREDICTED, BooleanType, false)
          .add(TARGET_SCORE, FloatType, false)
          .add(TARGET_PROBABILITY, FloatType, false)
          .add(TARGET_OVER, StringType, true)
          .add(TARGET_PIXELS, DoubleType, true);

  static final StructType MODEL_COLUMNS =
      new StructType().add(MODEL, StringType, false).add(MODEL_SHA256, StringType, false);

  /** Where the network looked for the class, and the rule that says so. */
  static final StructType FINDING_COLUMNS =
      new StructType()
          .add(LAYER, StringType, false)
          .add(RULE, IntegerType, false)
          .add(METHOD, StringType, false)
          .add(PARAMETERS, createMapType(StringType, StringType, false), false)
          .add(MAP, createArrayType(FloatType, false), false)
          .add(MAP_HEIGHT, IntegerType, false)
          .add(MAP_WIDTH, IntegerType, false)
          .add(FILTER_MAPS, createArrayType(createArrayType(FloatType, false), false), true)
          .add(WEIGHTS, createArrayType(FloatType, false), false)
          .add(MEAN_ACTIVATIONS, createArrayType(FloatType, false), false)
          .add(MAX_ACTIVATIONS, createArrayType(FloatType, false), false)
          .add(MAX_CELLS, createArrayType(IntegerType, false), false)
          .add(TOP_FEATURE_MAPS, createArrayType(FeatureMapStruct.TYPE, false), false)
          .add(UNDETERMINED, DoubleType, false)
          .add(LOCALIZATION, LocalizationStruct.TYPE, false);

  /** The columns, in order. */
  public static final StructType SCHEMA =
      joined(
          new StructType()
              .add(IMAGE_ID, StringType, false)
              .add(PATH, StringType, true)
              .add(SHA256, StringType, false)
              .add(BYTES, LongType, true)
              .add(MODIFIED, TimestampType, true),
          VIEW_COLUMNS,
          new StructType().add(LABEL, StringType, true),
          LABEL_COLUMNS,
          new StructType()
              .add(BOXES, ImagesTable.BOXES_TYPE, true)
              .add(MASK, StringType, true)
              .add(METADATA, ImagesTable.METADATA_TYPE, true)
              .add(PICTURE, PictureStruct.TYPE, false),
          PREDICTION_OF_ROW_COLUMNS,
          TARGET_COLUMNS,
          MODEL_COLUMNS,
          FINDING_COLUMNS);

  /** Keeps the probabilities of all classes. */
  public static final int ALL_CLASSES = 0;

  private ExplanationsTable() {}

  /** Whether the class that is explained is what the network says the image shows. */
  public static Column ofPredicted() {
    return col(TARGET_PREDICTED);
  }

  /** Whether images may have several labels. */
  public static Column mayHaveSeveral() {
    return col(PREDICTED_LABELS).isNotNull();
  }

  /**
   * Whether the class is explained for its own sake, and not only so that the image counts: see
   * {@link TargetSelection#HIGHEST}.
   */
  public static Column isAsked() {
    return not(array_contains(col(TARGET_REASONS), TargetSelection.HIGHEST));
  }

  /**
   * The class that an image counts for: its label or, without a label, the predicted class; where
   * it may have several labels, the class that is explained.
   */
  public static Column classOfImage() {
    return when(mayHaveSeveral(), col(TARGET)).otherwise(coalesce(col(LABEL), col(PREDICTED)));
  }

  /**
   * How sure the network is: the probability of the predicted class or, where an image may have
   * several labels, of the class that is explained.
   */
  public static Column confidence() {
    return when(mayHaveSeveral(), col(TARGET_PROBABILITY)).otherwise(col(CONFIDENCE));
  }

  /** Whether the row comes from the rule with that index in its run. */
  public static Column ofRule(int rule) {
    return col(RULE).equalTo(rule);
  }

  /**
   * What all rows of a run share.
   *
   * @param model the model's name
   * @param modelSha256 SHA-256 of the archive, in hexadecimal
   * @param rules rules, in order
   * @param classes class names by index
   */
  public record Run(String model, String modelSha256, List<RunRule> rules, List<String> classes)
      implements java.io.Serializable {}

  /** Concatenates columns. */
  static StructType joined(StructType... parts) {
    return new StructType(
        Arrays.stream(parts)
            .flatMap(part -> Arrays.stream(part.fields()))
            .toArray(StructField[]::new));
  }

  /** A row of concatenated values. */
  static Row row(Object[]... parts) {
    return RowFactory.create(Arrays.stream(parts).flatMap(Arrays::stream).toArray());
  }

  private static Object[] values(Object... values) {
    return values;
  }

  /**
   * The row of one explanation.
   *
   * @param listed what was known of the image before it was read
   * @param number which explanation of the image
   * @param kept number of classes whose probabilities are kept; {@link #ALL_CLASSES} for all
   */
  public static Row toRow(
      Run run, ListedImage listed, ImageOutcome.Explained image, int number, int kept) {
    Explanation explanation = image.explanations().get(number);
    return row(
        values(
            image.image().id(),
            image.image().path(),
            image.decoded().sha256(),
            listed.bytes(),
            listed.modifiedAt()),
        view(image),
        values(image.image().label().orElse(null)),
        labels(run, image),
        values(
            boxes(listed),
            listed.mask(),
            listed.metadata().isEmpty() ? null : listed.metadata(),
            PictureStruct.toRow(image.decoded().traits())),
        predictionOfRow(
            run, image, explanation.target().index(), holdsProbabilities(image, number), kept),
        target(run, image, explanation),
        model(run),
        finding(run, run.rules().get(explanation.rule()).parameters(), explanation));
  }

  /**
   * Whether a row has the image's probabilities: the first, and where an image may have several
   * labels each one of the first target, since the rates of a layer are counted from these.
   */
  private static boolean holdsProbabilities(ImageOutcome.Explained image, int number) {
    int target = image.explanations().get(number).target().index();
    return number == 0
        || (image.prediction().several().isPresent()
            && target == image.prediction().targets().get(0).index());
  }

  private static Row[] boxes(ListedImage listed) {
    boolean none = listed.boxes() == null || listed.boxes().isEmpty();
    return none ? null : ImagesTable.boxRows(listed.boxes());
  }

  /** Values of {@link #VIEW_COLUMNS}. */
  static Object[] view(ImageOutcome.Explained image) {
    PixelMapping mapping = image.decoded().mapping();
    return values(
        mapping.width(),
        mapping.height(),
        mapping.inputHeight(),
        mapping.inputWidth(),
        ImagesTable.boxRow(mapping.view()));
  }

  /** The index of the label's class; null if there is no label or it names no class. */
  static Integer labelIndex(ImageOutcome.Explained image) {
    int label = image.prediction().label();
    return label >= 0 ? label : null;
  }

  private static String[] names(Run run, List<Integer> indices) {
    return indices.stream().map(run.classes()::get).toArray(String[]::new);
  }

  /** Names of labels, where an image may have several and they are known; else null. */
  private static String[] labels(
      Run run, ImageOutcome.Explained image, Function<LabelSets.Known, List<Integer>> which) {
    return image
        .prediction()
        .several()
        .flatMap(Prediction.SeveralLabels::known)
        .map(known -> names(run, which.apply(known)))
        .orElse(null);
  }

  private static String[] predictedLabels(Run run, Prediction said) {
    return said.several().map(labels -> names(run, labels.predicted())).orElse(null);
  }

  /** Values of {@link #LABEL_COLUMNS}. */
  static Object[] labels(Run run, ImageOutcome.Explained image) {
    return values(
        labelIndex(image),
        labels(run, image, LabelSets.Known::present),
        labels(run, image, LabelSets.Known::unknown));
  }

  /** Values of {@link #PREDICTION_COLUMNS}. */
  static Object[] prediction(Run run, ImageOutcome.Explained image) {
    Prediction said = image.prediction();
    return values(
        run.classes().get(said.predicted()),
        said.predicted(),
        said.confidence(),
        // Of several labels each may be right: that is said of each that is explained.
        said.several().isPresent() ? null : said.isRight(said.predicted()).orElse(null),
        predictedLabels(run, said),
        said.probabilities(),
        said.targets().stream().mapToInt(Prediction.Target::index).toArray());
  }

  private static Object[] predictionOfRow(
      Run run, ImageOutcome.Explained image, int target, boolean first, int kept) {
    Prediction said = image.prediction();
    boolean all = kept == ALL_CLASSES;
    return values(
        run.classes().get(said.predicted()),
        said.predicted(),
        said.confidence(),
        said.isRight(target).orElse(null),
        predictedLabels(run, said),
        first && all ? said.probabilities() : null,
        first && !all ? ClassProbabilityStruct.largest(said.probabilities(), kept) : null,
        said.targets().stream().mapToInt(Prediction.Target::index).toArray());
  }

  /** Values of {@link #TARGET_COLUMNS}. */
  static Object[] target(Run run, ImageOutcome.Explained image, Explanation explanation) {
    Prediction.Target target = explanation.target();
    return values(
        run.classes().get(target.index()),
        target.index(),
        target.reasons().toArray(new String[0]),
        image.prediction().isLabelled(target.index()).orElse(null),
        image.prediction().isPredicted(target.index()),
        target.score(),
        image.prediction().probabilities()[target.index()],
        target.over().map(over -> over.which().text()).orElse(null),
        target.over().map(Prediction.ReadPixels::share).orElse(null));
  }

  /** Values of {@link #MODEL_COLUMNS}. */
  static Object[] model(Run run) {
    return values(run.model(), run.modelSha256());
  }

  /**
   * Values of {@link #FINDING_COLUMNS}.
   *
   * @param parameters the rule's parameters, as a Java or Scala map: Spark's row encoders support
   *     only the latter
   */
  static Object[] finding(Run run, Object parameters, Explanation explanation) {
    SaliencyMap map = explanation.map();
    Explanation.FeatureMaps featureMaps = explanation.featureMaps();
    return values(
        explanation.layer(),
        explanation.rule(),
        run.rules().get(explanation.rule()).method(),
        parameters,
        map.values(),
        map.height(),
        map.width(),
        explanation.filterMaps().isEmpty() ? null : explanation.filterMaps().toArray(),
        featureMaps.weights(),
        featureMaps.activations().means(),
        featureMaps.activations().maxima(),
        featureMaps.activations().cells(),
        featureMaps.top().stream().map(FeatureMapStruct::toRow).toArray(Row[]::new),
        explanation.undetermined(),
        LocalizationStruct.toRow(explanation));
  }
}
