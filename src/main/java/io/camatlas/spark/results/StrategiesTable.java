package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.Examples;
import io.camatlas.atlas.Trait;
import io.camatlas.strategies.Group;
import io.camatlas.strategies.Space;
import io.camatlas.strategies.Strategy;
import io.camatlas.strategies.StrategyTree;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code strategies}: the ways in which the network comes to a class. One row for each
 * group of the images that are predicted as the class; a class that is not split has one.
 *
 * <p>{@code space} says what sets the group apart from the images it was split from: their maps,
 * the relevance of feature maps, or their weighted mean activations. {@code cut} is the normalised
 * cut between the two, 0 to 2, and {@code cut_expected} that of as many points without structure;
 * {@code stability} (0 to 1) says how well the two are found again in halves of the images. {@code
 * separation} is (1 − cut / cut_expected) times the stability. All are null if the class is not
 * split. {@code suspicion} (0 to 1) is the separation times what is odd about the group, the
 * largest of: 1 − its share, how much less often the peak lies on an object, how much the accuracy
 * differs (the latter two only if Fisher's p is at most 0.05). {@code rank} orders a layer's groups
 * by it. Columns that begin with {@code rest} are about the class's other images.
 *
 * <p>{@code mean_map} is the mean of maps that were each scaled to sum to 1, row by row from the
 * top. {@code apart} lists feature maps that set the group apart, with their shares of what does.
 * {@code direction} is the group's mean activations less those of the others, {@code
 * usual_activations}; both are empty if the class is not split. {@code often} lists values that its
 * images have more often, q corrected for all values of the class; {@code typical} its images
 * nearest to its middle, {@code distance} in units of the root mean square.
 */
public final class StrategiesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 3;

  /** Name of the table. */
  public static final String NAME = "strategies";

  public static final String RUN = AtlasTable.RUN;
  public static final String LAYER = AtlasTable.LAYER;
  public static final String CLASS = AtlasTable.CLASS;
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;

  /** Number of the group in its class, from 0. */
  public static final String STRATEGY = "strategy";

  public static final String RANK = AtlasTable.RANK;
  public static final String N = AtlasTable.N;
  public static final String SHARE = ClassFeatureMapsTable.SHARE;
  public static final String SPACE = "space";
  public static final String CUT = "cut";
  public static final String CUT_EXPECTED = "cut_expected";
  public static final String STABILITY = "stability";
  public static final String SEPARATION = "separation";
  public static final String SUSPICION = "suspicion";
  public static final String SUSPICIOUS = "suspicious";
  public static final String LABELLED = "labelled_images";
  public static final String ACCURACY = AtlasTable.ACCURACY;
  public static final String REST_ACCURACY = "rest_accuracy";
  public static final String CONFIDENCE = AtlasTable.CONFIDENCE;
  public static final String REST_CONFIDENCE = "rest_confidence";
  public static final String HITS = "object_hits";
  public static final String REST_HITS = "rest_object_hits";

  /** Images of which is known whether the peak lies on an object. */
  public static final String JUDGED = "object_judged";

  public static final String REST_JUDGED = "rest_object_judged";
  public static final String MAP_HEIGHT = AtlasTable.MAP_HEIGHT;
  public static final String MAP_WIDTH = AtlasTable.MAP_WIDTH;
  public static final String MEAN_MAP = ClassAttentionTable.MEAN_MAP;
  public static final String REST_MEAN_MAP = "rest_mean_map";
  public static final String APART = "apart";
  public static final String DIRECTION = "direction";
  public static final String USUAL = "usual_activations";
  public static final String OFTEN = "often";
  public static final String TYPICAL = "typical";
  public static final String DISTANCE = "distance";
  private static final String ACTIVATION = FeatureMapExamplesTable.BY_ACTIVATION;
  private static final String REST_ACTIVATION = "rest_activation";
  private static final String REST_SHARE = "rest_share";

  /** An element of {@link #APART}. */
  private static final StructType APART_TYPE =
      new StructType()
          .add(AtlasTable.FEATURE_MAP, IntegerType, false)
          .add(SHARE, DoubleType, false)
          .add(ACTIVATION, DoubleType, false)
          .add(REST_ACTIVATION, DoubleType, false);

  /** An element of {@link #OFTEN}. */
  static final StructType OFTEN_TYPE =
      new StructType()
          .add(SlicesTable.SOURCE, StringType, false)
          .add(SlicesTable.TRAIT, StringType, false)
          .add(SlicesTable.VALUE, StringType, false)
          .add(N, LongType, false)
          .add(SHARE, DoubleType, false)
          .add(REST_SHARE, DoubleType, false)
          .add(SlicesTable.P, DoubleType, false)
          .add(SlicesTable.Q, DoubleType, false);

  /** An element of {@link #TYPICAL}. */
  static final StructType TYPICAL_TYPE =
      new StructType()
          .add(ExplanationsTable.IMAGE_ID, StringType, false)
          .add(ExplanationsTable.PATH, StringType, true)
          .add(ExplanationsTable.SHA256, StringType, false)
          .add(DISTANCE, DoubleType, false);

  /** The columns, in order. */
  public static final StructType SCHEMA =
      AtlasTable.columns()
          .add(CLASS, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(STRATEGY, IntegerType, false)
          .add(RANK, IntegerType, true)
          .add(N, LongType, false)
          .add(SHARE, DoubleType, false)
          .add(SPACE, StringType, true)
          .add(CUT, DoubleType, true)
          .add(CUT_EXPECTED, DoubleType, true)
          .add(STABILITY, DoubleType, true)
          .add(SEPARATION, DoubleType, true)
          .add(SUSPICION, DoubleType, false)
          .add(SUSPICIOUS, BooleanType, false)
          .add(LABELLED, LongType, false)
          .add(ACCURACY, DoubleType, true)
          .add(REST_ACCURACY, DoubleType, true)
          .add(CONFIDENCE, DoubleType, true)
          .add(REST_CONFIDENCE, DoubleType, true)
          .add(HITS, DoubleType, true)
          .add(REST_HITS, DoubleType, true)
          .add(JUDGED, LongType, false)
          .add(REST_JUDGED, LongType, false)
          .add(MAP_HEIGHT, IntegerType, false)
          .add(MAP_WIDTH, IntegerType, false)
          .add(MEAN_MAP, createArrayType(DoubleType, false), false)
          .add(REST_MEAN_MAP, createArrayType(DoubleType, false), false)
          .add(APART, createArrayType(APART_TYPE, false), false)
          .add(DIRECTION, createArrayType(FloatType, false), false)
          .add(USUAL, createArrayType(FloatType, false), false)
          .add(OFTEN, createArrayType(OFTEN_TYPE, false), false)
          .add(TYPICAL, createArrayType(TYPICAL_TYPE, false), false);

  private StrategiesTable() {}

  /**
   * Where groups were found.
   *
   * @param run the run's name in the atlas
   * @param height of the layer's grid
   * @param width of the layer's grid
   */
  public record Place(
      String run, String model, String layer, String method, ClassName name, int height, int width)
      implements java.io.Serializable {}

  /** The row of a group; its rank is not known yet. */
  public static Row toRow(Place place, Group group) {
    Optional<StrategyTree.Split> split = group.split();
    return begun(SCHEMA, place)
        .with(STRATEGY, group.number())
        .with(N, group.own().images())
        .with(SHARE, group.share())
        .with(SPACE, split.map(one -> one.space().text()).orElse(null))
        .with(CUT, split.map(StrategyTree.Split::cut).orElse(null))
        .with(CUT_EXPECTED, split.map(StrategyTree.Split::expected).orElse(null))
        .with(STABILITY, split.map(StrategyTree.Split::stability).orElse(null))
        .with(SEPARATION, split.map(StrategyTree.Split::separation).orElse(null))
        .with(SUSPICION, group.suspicion())
        .with(SUSPICIOUS, group.suspicion() >= Strategy.SUSPICIOUS_FROM)
        .with(LABELLED, group.own().labelled())
        .with(ACCURACY, group.own().accuracy())
        .with(REST_ACCURACY, group.rest().accuracy())
        .with(CONFIDENCE, group.own().confidence())
        .with(REST_CONFIDENCE, group.rest().confidence())
        .with(HITS, group.own().hits())
        .with(REST_HITS, group.rest().hits())
        .with(JUDGED, group.own().judged())
        .with(REST_JUDGED, group.rest().judged())
        .with(MAP_HEIGHT, place.height())
        .with(MAP_WIDTH, place.width())
        .with(MEAN_MAP, group.own().meanMap())
        .with(REST_MEAN_MAP, group.rest().meanMap())
        .with(
            APART,
            group.featureMaps().stream()
                .map(
                    one ->
                        new RowDraft(APART_TYPE)
                            .with(AtlasTable.FEATURE_MAP, one.map())
                            .with(SHARE, one.share())
                            .with(ACTIVATION, one.activation())
                            .with(REST_ACTIVATION, one.restActivation())
                            .row())
                .toArray(Row[]::new))
        .with(DIRECTION, group.difference())
        .with(USUAL, group.usual())
        .with(OFTEN, often(group))
        .with(TYPICAL, typical(group))
        .row();
  }

  /** A row with where its group was found. */
  static RowDraft begun(StructType schema, Place place) {
    return new RowDraft(schema)
        .with(RUN, place.run())
        .with(AtlasTable.MODEL, place.model())
        .with(LAYER, place.layer())
        .with(AtlasTable.METHOD, place.method())
        .with(CLASS, place.name().name())
        .with(CLASS_INDEX, place.name().index());
  }

  static Row[] often(Group group) {
    return group.traits().stream()
        .map(
            one ->
                new RowDraft(OFTEN_TYPE)
                    .with(SlicesTable.SOURCE, one.trait().source().name().toLowerCase(Locale.ROOT))
                    .with(SlicesTable.TRAIT, one.trait().text())
                    .with(SlicesTable.VALUE, one.value())
                    .with(N, one.n())
                    .with(SHARE, one.share())
                    .with(REST_SHARE, one.restShare())
                    .with(SlicesTable.P, one.p())
                    .with(SlicesTable.Q, one.q())
                    .row())
        .toArray(Row[]::new);
  }

  static Row[] typical(Group group) {
    return group.typical().stream()
        .map(
            one ->
                new RowDraft(TYPICAL_TYPE)
                    .with(ExplanationsTable.IMAGE_ID, one.image().id())
                    .with(ExplanationsTable.PATH, one.image().path())
                    .with(ExplanationsTable.SHA256, one.sha256())
                    .with(DISTANCE, one.distance())
                    .row())
        .toArray(Row[]::new);
  }

  /**
   * Makes sure that a folder's tables are of this version.
   *
   * @throws io.camatlas.spark.InputException naming both versions, if they differ
   */
  public static void requireVersion(String folder, Map<String, Integer> found, String writer) {
    TableVersions.require(folder, found, writer, NAME, VERSION);
  }

  /** A group, as the table tells it. */
  public static Strategy fromRow(Row row) {
    return new Strategy(
        name(row),
        Cells.index(row, STRATEGY),
        Cells.index(row, RANK),
        Cells.count(row, N),
        Math.round(Cells.count(row, LABELLED) * (1 - Cells.number(row, ACCURACY))),
        Cells.number(row, SHARE),
        Optional.of(Cells.text(row, SPACE)).filter(text -> !text.isEmpty()).map(Space::of),
        Cells.number(row, SEPARATION),
        Cells.number(row, SUSPICION),
        row.<Boolean>getAs(SUSPICIOUS),
        side(row, ACCURACY, CONFIDENCE, HITS, JUDGED, MEAN_MAP),
        side(row, REST_ACCURACY, REST_CONFIDENCE, REST_HITS, REST_JUDGED, REST_MEAN_MAP),
        Cells.index(row, MAP_HEIGHT),
        Cells.index(row, MAP_WIDTH),
        rows(row, APART).stream()
            .map(
                one ->
                    new Group.Apart(
                        Cells.index(one, AtlasTable.FEATURE_MAP),
                        Cells.number(one, SHARE),
                        Cells.number(one, ACTIVATION),
                        Cells.number(one, REST_ACTIVATION)))
            .toList(),
        oftenOf(row),
        typicalOf(row));
  }

  private static Strategy.Side side(
      Row row, String accuracy, String confidence, String hits, String judged, String map) {
    return new Strategy.Side(
        Cells.number(row, accuracy),
        Cells.number(row, confidence),
        Cells.number(row, hits),
        Cells.count(row, judged),
        Cells.numbers(row, map).orElseThrow());
  }

  static ClassName name(Row row) {
    return new ClassName(Cells.index(row, CLASS_INDEX), row.getAs(CLASS));
  }

  /** The direction in which a group's images lie from the others of their class. */
  public record Direction(String run, String layer, float[] difference, float[] usual) {
    /** That of a row of the table. */
    public static Direction of(Row row) {
      return new Direction(
          row.getAs(RUN), row.getAs(LAYER), floats(row, DIRECTION), floats(row, USUAL));
    }

    private static float[] floats(Row row, String column) {
      List<Float> values = row.getList(row.fieldIndex(column));
      float[] numbers = new float[values.size()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = values.get(i);
      }
      return numbers;
    }
  }

  static List<Group.Often> oftenOf(Row row) {
    return rows(row, OFTEN).stream()
        .map(
            one ->
                new Group.Often(
                    new Trait.Name(
                        Trait.Source.valueOf(
                            Cells.text(one, SlicesTable.SOURCE).toUpperCase(Locale.ROOT)),
                        Cells.text(one, SlicesTable.TRAIT)),
                    Cells.text(one, SlicesTable.VALUE),
                    Cells.count(one, N),
                    Cells.number(one, SHARE),
                    Cells.number(one, REST_SHARE),
                    Cells.number(one, SlicesTable.P),
                    Cells.number(one, SlicesTable.Q)))
        .toList();
  }

  static List<Group.Typical> typicalOf(Row row) {
    return rows(row, TYPICAL).stream()
        .map(
            one ->
                new Group.Typical(
                    new Examples.Image(
                        one.getAs(ExplanationsTable.IMAGE_ID), one.getAs(ExplanationsTable.PATH)),
                    one.getAs(ExplanationsTable.SHA256),
                    Cells.number(one, DISTANCE)))
        .toList();
  }

  private static List<Row> rows(Row row, String column) {
    return row.getList(row.fieldIndex(column));
  }
}
