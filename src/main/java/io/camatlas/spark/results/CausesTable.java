package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.FixedPattern;
import io.camatlas.causes.OtherImages;
import io.camatlas.causes.Place;
import io.camatlas.causes.Repeats;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.TestedPicture;
import io.camatlas.localize.FractionBox;
import io.camatlas.spark.input.ImagesTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code causes}: one row for each suspect and test.
 *
 * <p>{@code images_of} is {@code labelled} or {@code predicted}: which images were tested as those
 * of the class. {@code kind} is {@code place}, {@code pattern}, {@code repeat}, {@code feature
 * map}, {@code strategy} or {@code second part}. Places are rectangles in fractions of what the
 * network saw. A pattern is a place that the maps do not name: there {@code pattern_n} pictures of
 * the class differ from those of others, by at most {@code pattern_z} standard errors, as {@link
 * FixedPattern} defines it; {@code pattern_in_the_middle} says whether it may be the object. A
 * repeat is the part that each map marks most: in {@code repeats} of {@code repeats_n} images it
 * shows what others of the class show too, as {@link Repeats} defines it, in other classes in
 * {@code repeats_others} of {@code repeats_others_n}; {@code repeats_p} is the chance of that. Of a
 * strategy (a number of {@link StrategiesTable}) its images are tested, and the part that each map
 * marks most; {@code paste of rest} does the same with images of the class that are not in it.
 * Second parts lie elsewhere in each image, too. {@code others_n}, {@code others_predicted} and
 * {@code p} compare a class's second parts with those of all others, and a strategy with the other
 * images of its class, as {@link OtherImages} defines it. Probabilities and shares are 0 to 1;
 * effects are differences of these, with 95 % intervals, as {@link Effect} defines them. {@code
 * verdict} is about the suspect as a whole and repeated in each of its rows. {@link
 * PicturesComparedTable} says of which classes nothing is here though something was found.
 */
public final class CausesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 6;

  /** Name of the table. */
  public static final String NAME = "causes";

  public static final String RUN = AtlasTable.RUN;
  public static final String MODEL = AtlasTable.MODEL;
  public static final String LAYER = AtlasTable.LAYER;
  public static final String METHOD = AtlasTable.METHOD;
  public static final String SUSPECT = CausesImagesTable.SUSPECT;
  public static final String CLASS = AtlasTable.CLASS;
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;
  public static final String IMAGES_OF = "images_of";
  public static final String KIND = StatesTable.KIND;
  public static final String RECTANGLES = "rectangles";
  public static final String CONTROL_RECTANGLES = "control_rectangles";
  public static final String FEATURE_MAP = AtlasTable.FEATURE_MAP;
  public static final String CONTROL_FEATURE_MAPS = "control_feature_maps";
  public static final String STRATEGY = StrategiesTable.STRATEGY;
  public static final String TEST = CausesImagesTable.TEST;
  public static final String N = AtlasTable.N;
  public static final String VERDICT = "verdict";

  private static final String OF_A_PLACE = "place";
  private static final String OF_A_PATTERN = "pattern";
  private static final String OF_A_FEATURE_MAP = "feature map";
  private static final String OF_A_SECOND_PART = "second part";
  private static final String OF_A_STRATEGY = "strategy";

  private static final String PATTERN_N = "pattern_n";
  private static final String PATTERN_Z = "pattern_z";
  private static final String PATTERN_IN_THE_MIDDLE = "pattern_in_the_middle";
  private static final String REPEATS_N = "repeats_n";
  private static final String REPEATS = "repeats";
  private static final String REPEATS_OTHERS_N = "repeats_others_n";
  private static final String REPEATS_OTHERS = "repeats_others";
  private static final String REPEATS_P = "repeats_p";
  private static final String OF_A_REPEAT = "repeat";
  private static final String OTHERS_N = "others_n";
  private static final String OTHERS_PREDICTED = "others_predicted";
  private static final String P = SlicesTable.P;

  /** Mean probability of the class, and share of the images predicted as it. */
  private static final String PROBABILITY = CausesImagesTable.PROBABILITY;

  private static final String PREDICTED = CausesImagesTable.PREDICTED;
  private static final List<String> STATES = List.of("_before", "_after", "_control");
  private static final List<String> EFFECTS = List.of("_effect", "_effect_low", "_effect_high");

  /** The columns, in order. */
  public static final StructType SCHEMA = schema();

  private CausesTable() {}

  private static StructType schema() {
    StructType schema =
        new StructType()
            .add(RUN, StringType, false)
            .add(MODEL, StringType, false)
            .add(LAYER, StringType, false)
            .add(METHOD, StringType, false)
            .add(SUSPECT, IntegerType, false)
            .add(CLASS, StringType, false)
            .add(CLASS_INDEX, IntegerType, false)
            .add(IMAGES_OF, StringType, false)
            .add(KIND, StringType, false)
            .add(RECTANGLES, ImagesTable.BOXES_TYPE, true)
            .add(CONTROL_RECTANGLES, ImagesTable.BOXES_TYPE, true)
            .add(PATTERN_N, LongType, true)
            .add(PATTERN_Z, DoubleType, true)
            .add(PATTERN_IN_THE_MIDDLE, BooleanType, true)
            .add(REPEATS_N, LongType, true)
            .add(REPEATS, LongType, true)
            .add(REPEATS_OTHERS_N, LongType, true)
            .add(REPEATS_OTHERS, LongType, true)
            .add(REPEATS_P, DoubleType, true)
            .add(FEATURE_MAP, IntegerType, true)
            .add(CONTROL_FEATURE_MAPS, createArrayType(IntegerType, false), true)
            .add(STRATEGY, IntegerType, true)
            .add(TEST, StringType, false)
            .add(N, LongType, false);
    for (String number : List.of(PROBABILITY, PREDICTED)) {
      for (String state : STATES) {
        schema = schema.add(number + state, DoubleType, true);
      }
      for (String effect : EFFECTS) {
        schema = schema.add(number + effect, DoubleType, true);
      }
    }
    return schema
        .add(OTHERS_N, LongType, true)
        .add(OTHERS_PREDICTED, LongType, true)
        .add(P, DoubleType, true)
        .add(VERDICT, StringType, false);
  }

  /**
   * Makes sure that a folder's tables are of this version.
   *
   * @throws io.camatlas.spark.InputException naming both versions, if they differ
   */
  public static void requireVersion(String folder, Map<String, Integer> found, String writer) {
    TableVersions.require(folder, found, writer, NAME, VERSION);
  }

  /**
   * Where a cause was found.
   *
   * @param run the run's name in the atlas
   */
  public record Origin(String run, String model, String layer, String method) {}

  /**
   * The rows of a cause.
   *
   * @param suspect its number within its run and layer
   * @param className name of its class
   */
  public static List<Row> toRows(Origin origin, int suspect, String className, Cause cause) {
    List<Row> rows = new ArrayList<>();
    for (Effect effect : cause.effects()) {
      RowDraft row =
          new RowDraft(SCHEMA)
              .with(RUN, origin.run())
              .with(MODEL, origin.model())
              .with(LAYER, origin.layer())
              .with(METHOD, origin.method())
              .with(SUSPECT, suspect)
              .with(CLASS, className)
              .with(CLASS_INDEX, cause.suspect().classIndex())
              .with(IMAGES_OF, cause.suspect().subjects().name().toLowerCase(Locale.ROOT))
              .with(TEST, effect.test().text())
              .with(N, effect.n())
              .with(VERDICT, cause.verdict().name().toLowerCase(Locale.ROOT));
      if (cause.suspect() instanceof Suspect.OfPlace of) {
        row.with(KIND, OF_A_PLACE)
            .with(RECTANGLES, boxes(of.place()))
            .with(CONTROL_RECTANGLES, of.elsewhere().map(CausesTable::boxes).orElse(null));
      } else if (cause.suspect() instanceof Suspect.OfPattern of) {
        row.with(KIND, OF_A_PATTERN)
            .with(RECTANGLES, boxes(of.pattern().place()))
            .with(CONTROL_RECTANGLES, of.elsewhere().map(CausesTable::boxes).orElse(null))
            .with(PATTERN_N, of.pattern().n())
            .with(PATTERN_Z, of.pattern().z())
            .with(PATTERN_IN_THE_MIDDLE, of.pattern().inTheMiddle());
      } else if (cause.suspect() instanceof Suspect.OfRepeat of) {
        row.with(KIND, OF_A_REPEAT)
            .with(REPEATS_N, of.repeats().n())
            .with(REPEATS, of.repeats().repeated())
            .with(REPEATS_OTHERS_N, of.repeats().others().n())
            .with(REPEATS_OTHERS, of.repeats().others().turned())
            .with(REPEATS_P, of.repeats().others().p());
      } else if (cause.suspect() instanceof Suspect.OfFeatureMap of) {
        row.with(KIND, OF_A_FEATURE_MAP)
            .with(FEATURE_MAP, of.map())
            .with(CONTROL_FEATURE_MAPS, of.others().toArray(new Integer[0]));
      } else if (cause.suspect() instanceof Suspect.OfStrategy of) {
        row.with(KIND, OF_A_STRATEGY)
            .with(STRATEGY, of.number())
            .with(RECTANGLES, of.place().map(CausesTable::boxes).orElse(null));
      } else {
        row.with(KIND, OF_A_SECOND_PART);
      }
      cause
          .others()
          .ifPresent(
              others ->
                  row.with(OTHERS_N, others.n())
                      .with(OTHERS_PREDICTED, others.turned())
                      .with(P, others.p()));
      numbers(row, PROBABILITY, effect.probability(), effect.ofProbability());
      numbers(row, PREDICTED, effect.predicted(), effect.ofPrediction());
      rows.add(row.row());
    }
    return rows;
  }

  private static void numbers(
      RowDraft row, String number, Effect.Means means, Effect.Interval effect) {
    row.with(number + STATES.get(0), means.before())
        .with(number + STATES.get(1), means.after())
        .with(number + STATES.get(2), means.control())
        .with(number + EFFECTS.get(0), effect.mean())
        .with(number + EFFECTS.get(1), effect.low())
        .with(number + EFFECTS.get(2), effect.high());
  }

  /** A place as a value of {@link ImagesTable#BOXES_TYPE}. */
  public static Row[] boxes(Place place) {
    return place.boxes().stream()
        .map(box -> RowFactory.create(box.x0(), box.y0(), box.x1(), box.y1()))
        .toArray(Row[]::new);
  }

  /**
   * The causes of one run and layer.
   *
   * @param rows all its rows
   * @param pictures pictures by the suspect's number
   */
  public static List<Cause> fromRows(List<Row> rows, Map<Integer, List<TestedPicture>> pictures) {
    Map<Integer, List<Row>> bySuspect = new TreeMap<>();
    rows.forEach(
        row ->
            bySuspect
                .computeIfAbsent(row.<Integer>getAs(SUSPECT), number -> new ArrayList<>())
                .add(row));
    List<Cause> causes = new ArrayList<>();
    bySuspect.forEach(
        (number, own) ->
            causes.add(
                new Cause(
                    suspect(own.get(0)),
                    own.stream().map(CausesTable::effect).toList(),
                    others(own.get(0)),
                    pictures.getOrDefault(number, List.of()))));
    return causes;
  }

  private static Suspect suspect(Row row) {
    int classIndex = row.getAs(CLASS_INDEX);
    return switch (row.<String>getAs(KIND)) {
      case OF_A_PLACE ->
          new Suspect.OfPlace(
              classIndex,
              place(row, RECTANGLES).orElseThrow(),
              place(row, CONTROL_RECTANGLES),
              Suspect.Subjects.valueOf(row.<String>getAs(IMAGES_OF).toUpperCase(Locale.ROOT)));
      case OF_A_PATTERN ->
          new Suspect.OfPattern(
              classIndex,
              new FixedPattern(
                  place(row, RECTANGLES).orElseThrow(),
                  Cells.count(row, PATTERN_N),
                  Cells.number(row, PATTERN_Z),
                  row.<Boolean>getAs(PATTERN_IN_THE_MIDDLE)),
              place(row, CONTROL_RECTANGLES));
      case OF_A_REPEAT ->
          new Suspect.OfRepeat(
              classIndex,
              new Repeats(
                  Cells.count(row, REPEATS_N),
                  Cells.count(row, REPEATS),
                  new OtherImages(
                      Cells.count(row, REPEATS_OTHERS_N),
                      Cells.count(row, REPEATS_OTHERS),
                      Cells.number(row, REPEATS_P))),
              List.of());
      case OF_A_FEATURE_MAP ->
          new Suspect.OfFeatureMap(
              classIndex,
              row.<Integer>getAs(FEATURE_MAP),
              row.getList(row.fieldIndex(CONTROL_FEATURE_MAPS)));
      case OF_A_STRATEGY ->
          new Suspect.OfStrategy(classIndex, row.<Integer>getAs(STRATEGY), place(row, RECTANGLES));
      default -> new Suspect.OfSecondPart(classIndex);
    };
  }

  private static Optional<OtherImages> others(Row row) {
    return Cells.has(row, P)
        ? Optional.of(
            new OtherImages(
                Cells.count(row, OTHERS_N),
                Cells.count(row, OTHERS_PREDICTED),
                Cells.number(row, P)))
        : Optional.empty();
  }

  /** The place in a column of {@link ImagesTable#BOXES_TYPE}; empty if it is null. */
  public static Optional<Place> place(Row row, String column) {
    if (!Cells.has(row, column)) {
      return Optional.empty();
    }
    List<Row> boxes = row.getList(row.fieldIndex(column));
    return Optional.of(
        new Place(
            boxes.stream()
                .map(
                    box ->
                        new FractionBox(
                            box.getDouble(0), box.getDouble(1), box.getDouble(2), box.getDouble(3)))
                .toList()));
  }

  private static Effect effect(Row row) {
    return new Effect(
        CauseTest.of(row.getAs(TEST)),
        row.<Long>getAs(N),
        means(row, PROBABILITY),
        means(row, PREDICTED),
        interval(row, PROBABILITY),
        interval(row, PREDICTED));
  }

  private static Effect.Means means(Row row, String number) {
    return new Effect.Means(
        Cells.number(row, number + STATES.get(0)),
        Cells.number(row, number + STATES.get(1)),
        Cells.number(row, number + STATES.get(2)));
  }

  private static Effect.Interval interval(Row row, String number) {
    return new Effect.Interval(
        Cells.number(row, number + EFFECTS.get(0)),
        Cells.number(row, number + EFFECTS.get(1)),
        Cells.number(row, number + EFFECTS.get(2)));
  }
}
