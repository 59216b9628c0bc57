package io.camatlas.spark.causes;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.explode_outer;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.causes.MainPart;
import io.camatlas.causes.Place;
import io.camatlas.causes.Repeats;
import io.camatlas.causes.SecondPart;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.Suspect.Subjects;
import io.camatlas.localize.FractionBox;
import io.camatlas.localize.SaliencyMap;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.CausesImagesTable;
import io.camatlas.spark.results.CausesTable;
import io.camatlas.spark.results.ExplainedRun;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.StrategiesTable;
import io.camatlas.strategies.Strategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Function1;

/**
 * Chooses the images that experiments are made on. Each is a pair: an image of the suspect's class
 * and one of another class.
 *
 * <p>The images are the first in the order of a hash of seed and image, so they depend neither on
 * partitions nor on the order of the table. An image is of a class if it is labelled so, or,
 * without a label, predicted so; for a class that attracts others, if it is predicted so.
 */
final class CausePairs {
  /** Columns of a pair. */
  static final String VIEW = "viewed";

  static final String SUSPECT = CausesImagesTable.SUSPECT;
  static final String PAIR = CausesImagesTable.PAIR;
  static final String OWN = "own";
  static final String OTHER = "other";

  /**
   * A third image, of no suspect's class either: its place is pasted to compare with, where nothing
   * equal lies elsewhere; else null.
   */
  static final String WITNESS = "witness";

  /** Whether the other image is no other pair's, so that it counts as an image of its own. */
  static final String OTHER_COUNTS = "other_counts";

  /** Whether the own image is one of its class that is not in the strategy that is tested. */
  static final String OF_REST = "of_rest";

  /** Where a part lies in the own image, and its control; null if a suspect has one place. */
  static final String PART = "part";

  static final String PART_CONTROL = "part_control";

  /** Tells pairs apart. */
  static final StructType KEY =
      new StructType()
          .add(VIEW, DataTypes.IntegerType, false)
          .add(SUSPECT, DataTypes.IntegerType, false)
          .add(PAIR, DataTypes.IntegerType, false);

  /** Columns of the two images. */
  static final String IMAGE_ID = ImagesTable.IMAGE_ID;

  static final String SHA256 = ImagesTable.SHA256;
  static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;

  private static final String OWN_CLASS = "own_class";

  private static final StructType IMAGE =
      new StructType()
          .add(IMAGE_ID, DataTypes.StringType, true)
          .add(ImagesTable.PATH, DataTypes.StringType, true)
          .add(SHA256, DataTypes.StringType, true)
          .add(CLASS_INDEX, DataTypes.IntegerType, true);

  private static final StructType PAIRS =
      new StructType()
          .add(VIEW, DataTypes.IntegerType, false)
          .add(SUSPECT, DataTypes.IntegerType, false)
          .add(PAIR, DataTypes.IntegerType, false)
          .add(OTHER_COUNTS, DataTypes.BooleanType, false)
          .add(OF_REST, DataTypes.BooleanType, false)
          .add(PART, ImagesTable.BOXES_TYPE, true)
          .add(PART_CONTROL, ImagesTable.BOXES_TYPE, true)
          .add(OWN, IMAGE, false)
          .add(OTHER, IMAGE, true)
          .add(WITNESS, IMAGE, true);

  private static final StructType PART_KEY =
      new StructType()
          .add(ExplanationsTable.IMAGE_ID, DataTypes.StringType, false)
          .add(ExplanationsTable.SHA256, DataTypes.StringType, false)
          .add(ExplanationsTable.TARGET_INDEX, DataTypes.IntegerType, false);

  /** Other images are drawn from at least so many, and from this multiple of those of a class. */
  private static final int FEWEST_OTHERS = 512;

  private static final int OTHERS_FOR_EACH = 8;

  /** Second parts of all views and classes together, unless that would be too few of each. */
  private static final int SECOND_PARTS = 6_400;

  private static final int FEWEST_SECOND_PARTS = 16;

  /** Parts of the images that have a row each beside those of their labels. */
  private static final int ONCE_PARTS = 16;

  private static final String PRESENT = "present";
  private static final String UNKNOWN = "not_known";

  private final SparkSession spark;
  private final int images;
  private final long seed;
  private final int secondParts;
  private final List<Row> pairs = new ArrayList<>();
  private final Map<Numbered, Integer> withoutPart = new HashMap<>();
  private boolean hasWitnesses;

  /** A suspect by the numbers of its view and of its own. */
  private record Numbered(int view, int suspect) {}

  /**
   * Creates an empty list.
   *
   * @param images most images for each suspect
   * @param searched second parts that are suspects, of all views together
   */
  CausePairs(SparkSession spark, int images, long seed, long searched) {
    this.spark = spark;
    this.images = images;
    this.seed = seed;
    this.secondParts =
        (int) Math.min(images, Math.max(FEWEST_SECOND_PARTS, SECOND_PARTS / Math.max(1, searched)));
  }

  private record Image(
      String id,
      String path,
      String sha256,
      String label,
      int labelIndex,
      int predictedIndex,
      Optional<Several> several) {
    static Image of(Row row) {
      Integer labelIndex = row.getAs(ExplanationsTable.LABEL_INDEX);
      return new Image(
          row.getAs(ExplanationsTable.IMAGE_ID),
          row.getAs(ExplanationsTable.PATH),
          row.getAs(ExplanationsTable.SHA256),
          row.getAs(ExplanationsTable.LABEL),
          labelIndex == null ? -1 : labelIndex,
          row.getAs(ExplanationsTable.PREDICTED_INDEX),
          Several.of(row));
    }

    /** Whether neither its labels nor the network say that it is of a class. */
    boolean isOfOther(int index, String name) {
      return several
          .map(labels -> labels.isWithout(name))
          .orElseGet(
              () -> predictedIndex != index && labelIndex != index && !Objects.equals(label, name));
    }

    /**
     * The class whose probability is the image's own; -1 if it may have several labels, and has
     * none: of a class that it does not show it has nothing to lose.
     */
    private int classIndex(ViewReport view) {
      return several
          .map(labels -> labels.first(view))
          .orElse(labelIndex >= 0 ? labelIndex : predictedIndex);
    }

    Row row(ViewReport view) {
      return RowFactory.create(id, path, sha256, classIndex(view));
    }
  }

  /**
   * What is said of an image that may have several labels, by name.
   *
   * @param labels those that it has; null if nothing is known
   * @param unknown those of which it is not known
   * @param predicted those that the network says it has
   */
  record Several(List<String> labels, List<String> unknown, List<String> predicted) {
    static Optional<Several> of(Row row) {
      List<String> predicted = names(row, ExplanationsTable.PREDICTED_LABELS);
      return predicted == null
          ? Optional.empty()
          : Optional.of(
              new Several(
                  names(row, ExplanationsTable.LABELS),
                  names(row, ExplanationsTable.UNKNOWN_LABELS),
                  predicted));
    }

    private static List<String> names(Row row, String column) {
      int at = row.fieldIndex(column);
      return row.isNullAt(at) ? null : row.getList(at);
    }

    /** Index of the first of its labels that is a class; -1 if there is none. */
    int first(ViewReport view) {
      for (String label : labels == null ? predicted : labels) {
        for (ClassReport one : view.classes()) {
          if (one.name().equals(label)) {
            return one.index();
          }
        }
      }
      return -1;
    }

    boolean isWithout(String name) {
      boolean mayHave = labels != null && (labels.contains(name) || unknown.contains(name));
      return !mayHave && !predicted.contains(name);
    }
  }

  /**
   * Chooses the images for the suspects of a view.
   *
   * @param members the table {@code strategy_images}; empty if no strategies are known
   */
  void add(
      ExplainedRun run, ViewReport view, List<Suspect> suspects, Optional<Dataset<Row>> members) {
    Dataset<Row> explanations =
        run.explanations(spark)
            .where(col(ExplanationsTable.LAYER).equalTo(view.view().layer().path()));
    Optional<List<String>> labels = labels(run.origins());
    Map<Subjects, Map<Integer, List<Image>>> own = new EnumMap<>(Subjects.class);
    for (Subjects subjects : Subjects.values()) {
      own.put(
          subjects,
          own(
              explanations,
              suspects.stream()
                  .filter(one -> one.subjects() == subjects)
                  .filter(one -> !isAnywhere(one))
                  .filter(one -> !(one instanceof Suspect.OfStrategy))
                  .toList(),
              ownClass(subjects, labels),
              images));
    }
    // Repeats were found among so many.
    int compared = Math.max(images, Repeats.IMAGES);
    // Of a second part, only images whose predicted class was explained say anything.
    Map<Integer, List<Image>> mapped =
        own(
            explanations.where(ExplanationsTable.ofPredicted()),
            suspects.stream().filter(CausePairs::isAnywhere).toList(),
            col(ExplanationsTable.TARGET_INDEX),
            compared);
    Map<PartKey, Part> second =
        parts(
            explanations,
            suspects,
            Suspect.OfSecondPart.class,
            mapped,
            secondParts,
            SecondPart::of);
    Map<PartKey, Part> first =
        parts(explanations, suspects, Suspect.OfRepeat.class, mapped, compared, MainPart::of);
    List<Image> pool = pool(explanations, lit(true));
    Map<Integer, List<Image>> othersOf = new HashMap<>();
    Map<Integer, List<Member>> grouped =
        members.map(table -> members(table, run, view, explanations, suspects)).orElse(Map.of());
    Map<Integer, String> names = new HashMap<>();
    for (ClassReport one : view.classes()) {
      names.put(one.index(), one.name());
    }
    for (int number = 0; number < suspects.size(); number++) {
      int wanted = suspects.get(number).classIndex();
      String name = names.getOrDefault(wanted, "");
      List<Image> others =
          othersOf.computeIfAbsent(wanted, any -> others(pool, explanations, wanted, name));
      if (suspects.get(number) instanceof Suspect.OfStrategy of) {
        addStrategy(view, number, of, grouped.getOrDefault(wanted, List.of()), others);
        continue;
      }
      Suspect suspect = suspects.get(number);
      List<Image> mine =
          (isAnywhere(suspect) ? mapped : own.get(suspect.subjects()))
              .getOrDefault(wanted, List.of());
      if (suspect instanceof Suspect.OfRepeat of) {
        Set<String> repeated = Set.copyOf(of.images());
        mine = mine.stream().filter(image -> repeated.contains(image.id())).toList();
      }
      int most = suspect instanceof Suspect.OfSecondPart ? secondParts : images;
      for (int i = 0; i < mine.size() && i < most; i++) {
        PartKey key = new PartKey(mine.get(i).id(), mine.get(i).sha256(), wanted);
        Part part =
            !isAnywhere(suspect)
                ? Part.NONE
                : (suspect instanceof Suspect.OfRepeat ? first : second).get(key);
        if (part != null) {
          boolean witnessed = suspect.at().isPresent() && !suspect.hasControl();
          add(view, number, witnessed, i, false, part, mine.get(i), others);
        } else if (i < others.size()) {
          // As of those with a part, no image of another class counts twice.
          withoutPart.merge(new Numbered(view.view().number(), number), 1, Integer::sum);
        }
      }
    }
  }

  /** Whether a suspect lies elsewhere in each image. */
  private static boolean isAnywhere(Suspect suspect) {
    return suspect instanceof Suspect.OfSecondPart || suspect instanceof Suspect.OfRepeat;
  }

  private void add(
      ViewReport view,
      int suspect,
      boolean witnessed,
      int pair,
      boolean ofRest,
      Part part,
      Image own,
      List<Image> others) {
    int other = ofRest ? pair - images : pair;
    boolean third = witnessed && others.size() > 1;
    hasWitnesses |= third;
    pairs.add(
        RowFactory.create(
            view.view().number(),
            suspect,
            pair,
            other < others.size(),
            ofRest,
            part.place(),
            part.control(),
            own.row(view),
            others.isEmpty() ? null : others.get(other % others.size()).row(view),
            third ? others.get((other + 1) % others.size()).row(view) : null));
  }

  /** An image that is predicted as a class, the strategy that it is in, and its map. */
  private record Member(Image image, int strategy, SaliencyMap map) {
    /** A part of it. */
    Part part(Place place) {
      return new Part(
          place, place.elsewhere(map.sums(map.height(), map.width()), map.height(), map.width()));
    }

    /**
     * The part that it marks beyond what others mark; empty if its map is blank.
     *
     * @param others their mean map, {@code [height,width]}
     */
    Optional<Part> beyond(double[] others, int height, int width, double across, double down) {
      return MainPart.of(map.sums(height, width), height, width, others, across, down)
          .map(this::part);
    }
  }

  /** Pairs of a strategy's images, and of as many others of its class. */
  private void addStrategy(
      ViewReport view,
      int suspect,
      Suspect.OfStrategy of,
      List<Member> members,
      List<Image> others) {
    Strategy strategy =
        view.strategies().of(of.classIndex()).stream()
            .filter(one -> one.number() == of.number())
            .findFirst()
            .orElseThrow();
    // Of the others, too, the part that counts: some part of any image is enough for its class.
    FractionBox size =
        of.place()
            .map(place -> place.boxes().get(0))
            .orElse(new FractionBox(0, 0, SecondPart.SIDE, SecondPart.SIDE));
    double across = size.x1() - size.x0();
    double down = size.y1() - size.y0();
    for (boolean ofRest : new boolean[] {false, true}) {
      double[] without = ofRest ? strategy.own().meanMap() : strategy.rest().meanMap();
      int pair = ofRest ? images : 0;
      for (Member member : members) {
        if ((member.strategy() == of.number()) == ofRest || pair == (ofRest ? 2 : 1) * images) {
          continue;
        }
        Optional<Part> part =
            of.place()
                .filter(place -> !ofRest)
                .map(member::part)
                .or(
                    () ->
                        member.beyond(without, strategy.height(), strategy.width(), across, down));
        if (part.isPresent()) {
          add(view, suspect, false, pair++, ofRest, part.get(), member.image(), others);
        }
      }
    }
  }

  /**
   * Images of classes whose strategies are suspects, by class and in the order of the hash: of each
   * strategy the first.
   */
  private Map<Integer, List<Member>> members(
      Dataset<Row> table,
      ExplainedRun run,
      ViewReport view,
      Dataset<Row> explanations,
      List<Suspect> suspects) {
    Object[] classes =
        suspects.stream()
            .filter(Suspect.OfStrategy.class::isInstance)
            .map(Suspect::classIndex)
            .distinct()
            .toArray();
    if (classes.length == 0) {
      return Map.of();
    }
    String[] key = {
      ExplanationsTable.IMAGE_ID, ExplanationsTable.SHA256, ExplanationsTable.TARGET_INDEX
    };
    Dataset<Row> first =
        table
            .where(col(AtlasTable.RUN).equalTo(run.id()))
            .where(col(AtlasTable.LAYER).equalTo(view.view().layer().path()))
            .where(col(AtlasTable.CLASS_INDEX).isin(classes))
            .transform(withoutCopies(seed, AtlasTable.CLASS_INDEX))
            .withColumn("nth", nth(seed, AtlasTable.CLASS_INDEX, StrategiesTable.STRATEGY))
            .where(col("nth").leq(images))
            .select(
                col(ExplanationsTable.IMAGE_ID),
                col(ExplanationsTable.SHA256),
                col(AtlasTable.CLASS_INDEX).as(ExplanationsTable.TARGET_INDEX),
                col(StrategiesTable.STRATEGY));
    Map<Integer, List<Member>> found = new HashMap<>();
    for (Row row :
        explanations
            .join(broadcast(first), key, "inner")
            .orderBy(order(seed), col(ExplanationsTable.IMAGE_ID), col(ExplanationsTable.PATH))
            .select(
                Stream.concat(
                        Stream.of(COLUMNS),
                        Stream.of(
                            col(ExplanationsTable.TARGET_INDEX),
                            col(StrategiesTable.STRATEGY),
                            col(ExplanationsTable.MAP),
                            col(ExplanationsTable.MAP_HEIGHT),
                            col(ExplanationsTable.MAP_WIDTH)))
                    .toArray(Column[]::new))
            .collectAsList()) {
      SaliencyMap map =
          new SaliencyMap(
                  floats(row),
                  row.<Integer>getAs(ExplanationsTable.MAP_HEIGHT),
                  row.<Integer>getAs(ExplanationsTable.MAP_WIDTH))
              .within(Grid.MOST_SHOWN);
      found
          .computeIfAbsent(
              row.<Integer>getAs(ExplanationsTable.TARGET_INDEX), any -> new ArrayList<>())
          .add(new Member(Image.of(row), row.<Integer>getAs(StrategiesTable.STRATEGY), map));
    }
    return found;
  }

  private static float[] floats(Row row) {
    List<Float> values = row.getList(row.fieldIndex(ExplanationsTable.MAP));
    float[] map = new float[values.size()];
    for (int i = 0; i < map.length; i++) {
      map[i] = values.get(i);
    }
    return map;
  }

  static double[] map(Row row) {
    return row.<Float>getList(row.fieldIndex(ExplanationsTable.MAP)).stream()
        .mapToDouble(Float::doubleValue)
        .toArray();
  }

  private record PartKey(String imageId, String sha256, int classIndex) {}

  /** Two values of {@link ImagesTable#BOXES_TYPE}, or null. */
  private record Part(Row[] place, Row[] control) {
    static final Part NONE = new Part(null, (Row[]) null);

    Part(Place place, Optional<Place> control) {
      this(CausesTable.boxes(place), control.map(CausesTable::boxes).orElse(null));
    }
  }

  /** Finds a part of a picture by its map. */
  private interface Finder {
    Optional<Place> in(double[] map, int height, int width);
  }

  /** The parts of the images that are chosen for them; without those that have none. */
  private Map<PartKey, Part> parts(
      Dataset<Row> explanations,
      List<Suspect> suspects,
      Class<? extends Suspect> kind,
      Map<Integer, List<Image>> own,
      int most,
      Finder finder) {
    List<Row> chosen = new ArrayList<>();
    for (Suspect suspect : suspects) {
      if (kind.isInstance(suspect)) {
        own.getOrDefault(suspect.classIndex(), List.of()).stream()
            .limit(most)
            .forEach(
                image ->
                    chosen.add(
                        RowFactory.create(image.id(), image.sha256(), suspect.classIndex())));
      }
    }
    if (chosen.isEmpty()) {
      return Map.of();
    }
    Map<PartKey, Part> parts = new HashMap<>();
    List<Row> maps =
        explanations
            .join(
                broadcast(spark.createDataFrame(chosen, PART_KEY)),
                PART_KEY.fieldNames(),
                "left_semi")
            .select(
                ExplanationsTable.IMAGE_ID,
                ExplanationsTable.SHA256,
                ExplanationsTable.TARGET_INDEX,
                ExplanationsTable.MAP,
                ExplanationsTable.MAP_HEIGHT,
                ExplanationsTable.MAP_WIDTH)
            .collectAsList();
    for (Row row : maps) {
      double[] map = map(row);
      int height = row.getAs(ExplanationsTable.MAP_HEIGHT);
      int width = row.getAs(ExplanationsTable.MAP_WIDTH);
      finder
          .in(map, height, width)
          .ifPresent(
              place ->
                  parts.put(
                      new PartKey(
                          row.getAs(ExplanationsTable.IMAGE_ID),
                          row.getAs(ExplanationsTable.SHA256),
                          row.<Integer>getAs(ExplanationsTable.TARGET_INDEX)),
                      new Part(place, place.elsewhere(map, height, width))));
    }
    return parts;
  }

  private static final Column[] COLUMNS = {
    col(ExplanationsTable.IMAGE_ID),
    col(ExplanationsTable.PATH),
    col(ExplanationsTable.SHA256),
    col(ExplanationsTable.LABEL),
    col(ExplanationsTable.LABEL_INDEX),
    col(ExplanationsTable.PREDICTED_INDEX),
    col(ExplanationsTable.LABELS),
    col(ExplanationsTable.UNKNOWN_LABELS),
    col(ExplanationsTable.PREDICTED_LABELS)
  };

  /** Names of all classes by index, if images of these runs may have several labels. */
  private static Optional<List<String>> labels(List<Origin> origins) {
    return origins.stream()
        .map(Origin::run)
        .filter(FinishedRun::mayHaveSeveralLabels)
        .map(FinishedRun::classes)
        .findFirst();
  }

  /** The classes of an image that may have several labels, one row for each. */
  private static Column ownLabels(Subjects subjects, List<String> classes) {
    Column predicted = col(ExplanationsTable.PREDICTED_LABELS);
    Column names =
        subjects == Subjects.PREDICTED
            ? predicted
            : coalesce(col(ExplanationsTable.LABELS), predicted);
    return explode(indices(names, classes));
  }

  private static Column indices(Column names, List<String> classes) {
    Column all = lit(classes.toArray(new String[0]));
    return transform(names, name -> array_position(all, name).minus(1).cast("int"));
  }

  private static Column ownClass(Subjects subjects, Optional<List<String>> labels) {
    return labels
        .map(names -> ownLabels(subjects, names))
        .orElseGet(
            () ->
                subjects == Subjects.PREDICTED
                    ? col(ExplanationsTable.PREDICTED_INDEX)
                    : ownClass());
  }

  private Map<Integer, List<Image>> own(
      Dataset<Row> explanations, List<Suspect> suspects, Column ownClass, int most) {
    if (suspects.isEmpty()) {
      return Map.of();
    }
    Object[] classes = suspects.stream().map(Suspect::classIndex).distinct().toArray();
    Map<Integer, List<Image>> own = new LinkedHashMap<>();
    // Each picture once for a class, whatever classes were explained for it.
    explanations
        .select(
            Stream.concat(Stream.of(COLUMNS), Stream.of(ownClass.as(OWN_CLASS)))
                .toArray(Column[]::new))
        .distinct()
        .where(col(OWN_CLASS).isin(classes))
        .transform(withoutCopies(seed, OWN_CLASS))
        .withColumn("nth", nth(seed, OWN_CLASS))
        .where(col("nth").leq(most))
        .orderBy(OWN_CLASS, "nth")
        .collectAsList()
        .forEach(
            row ->
                own.computeIfAbsent(row.<Integer>getAs(OWN_CLASS), any -> new ArrayList<>())
                    .add(Image.of(row)));
    return own;
  }

  /** Images of other classes; of a class that most images have, the pool holds too few. */
  private List<Image> others(List<Image> pool, Dataset<Row> explanations, int wanted, String name) {
    List<Image> others =
        pool.stream().filter(image -> image.isOfOther(wanted, name)).limit(images).toList();
    if (others.size() >= images || pool.size() < pooled()) {
      return others;
    }
    Column ofClass =
        coalesce(
            array_contains(col(ExplanationsTable.PREDICTED_LABELS), name),
            col(ExplanationsTable.PREDICTED_INDEX).equalTo(wanted));
    return pool(explanations, not(ofClass)).stream()
        .filter(image -> image.isOfOther(wanted, name))
        .limit(images)
        .toList();
  }

  private int pooled() {
    return Math.max(FEWEST_OTHERS, OTHERS_FOR_EACH * images);
  }

  private List<Image> pool(Dataset<Row> explanations, Column which) {
    return explanations
        .where(which)
        .select(COLUMNS)
        .distinct()
        .transform(withoutCopies(seed))
        .orderBy(order(seed), col(ExplanationsTable.IMAGE_ID))
        .limit(pooled())
        .collectAsList()
        .stream()
        .map(Image::of)
        .toList();
  }

  /** Some images of all runs, in the order of the hash: {@code image_id}, path and hash. */
  static Dataset<Row> some(SparkSession spark, List<Origin> origins, int most, long seed) {
    Dataset<Row> all = null;
    for (Origin origin : origins) {
      Dataset<Row> own =
          origin
              .explanations(spark)
              .select(ExplanationsTable.IMAGE_ID, ExplanationsTable.PATH, ExplanationsTable.SHA256);
      all = all == null ? own : all.unionByName(own);
    }
    return all.distinct().orderBy(order(seed), col(ExplanationsTable.IMAGE_ID)).limit(most);
  }

  /** The class that an image is labelled as; without a label, the one that is predicted. */
  private static Column ownClass() {
    return when(col(ExplanationsTable.LABEL).isNull(), col(ExplanationsTable.PREDICTED_INDEX))
        .otherwise(col(ExplanationsTable.LABEL_INDEX));
  }

  /** An image's place, from 1, among those with equal columns, in the order of the hash. */
  static Column nth(long seed, String... equal) {
    return row_number()
        .over(
            Window.partitionBy(equal[0], Arrays.copyOfRange(equal, 1, equal.length))
                .orderBy(order(seed), col(ExplanationsTable.IMAGE_ID)));
  }

  /**
   * Leaves one of the images with the same bytes, of those with equal columns. Copies would make a
   * difference surer than it is.
   */
  static Function1<Dataset<Row>, Dataset<Row>> withoutCopies(long seed, String... equal) {
    String[] picture = Arrays.copyOf(equal, equal.length + 1);
    picture[equal.length] = ExplanationsTable.SHA256;
    return rows ->
        rows.withColumn("copy", nth(seed, picture)).where(col("copy").equalTo(1)).drop("copy");
  }

  private static Column order(long seed) {
    return xxhash64(lit(seed), col(ExplanationsTable.SHA256), col(ExplanationsTable.IMAGE_ID));
  }

  /**
   * Of each class the first images in the order of the hash, over all runs: {@code image_id}, path,
   * hash, and the class as {@link #CLASS_INDEX}. Images without a label are of the class that is
   * predicted. Where images may have several labels, see {@link #ofEachLabel}.
   *
   * @param most images of a class, given the number of classes that there are
   * @param classes so many at most, those with the most images
   */
  static Dataset<Row> ofEachClass(
      SparkSession spark, List<Origin> origins, IntUnaryOperator most, int classes, long seed) {
    Optional<List<String>> labels = labels(origins);
    if (labels.isPresent()) {
      return ofEachLabel(spark, origins, labels.get(), most, classes, seed);
    }
    Dataset<Row> images =
        union(
                spark,
                origins,
                col(ExplanationsTable.IMAGE_ID),
                col(ExplanationsTable.PATH),
                col(ExplanationsTable.SHA256),
                ownClass().as(CLASS_INDEX))
            .where(col(CLASS_INDEX).isNotNull())
            .groupBy(ExplanationsTable.IMAGE_ID, ExplanationsTable.SHA256)
            .agg(
                min(ExplanationsTable.PATH).as(ExplanationsTable.PATH),
                min(CLASS_INDEX).as(CLASS_INDEX))
            .transform(withoutCopies(seed, CLASS_INDEX));
    Object[] chosen = largest(images, classes);
    return images
        .where(col(CLASS_INDEX).isin(chosen))
        .withColumn("nth", nth(seed, CLASS_INDEX))
        .where(col("nth").leq(most.applyAsInt(chosen.length)))
        .drop("nth");
  }

  private static Dataset<Row> union(SparkSession spark, List<Origin> origins, Column... columns) {
    return origins.stream()
        .map(origin -> origin.explanations(spark).select(columns))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  /** The classes with the most images. */
  private static Object[] largest(Dataset<Row> images, int classes) {
    return images
        .where(col(CLASS_INDEX).isNotNull())
        .groupBy(CLASS_INDEX)
        .count()
        .orderBy(col("count").desc(), col(CLASS_INDEX))
        .limit(classes)
        .select(CLASS_INDEX)
        .collectAsList()
        .stream()
        .map(row -> row.getInt(0))
        .toArray();
  }

  /**
   * The same where images may have several labels. As many images as of each class are those with
   * no label at all. Each chosen image has a row for every class that it has; a row of {@link
   * #unknownOf} for every class of which that is not known; and one row of {@link #isOnce}: these
   * rows have each image once, in parts.
   */
  private static Dataset<Row> ofEachLabel(
      SparkSession spark,
      List<Origin> origins,
      List<String> names,
      IntUnaryOperator most,
      int classes,
      long seed) {
    Column has = coalesce(col(ExplanationsTable.LABELS), col(ExplanationsTable.PREDICTED_LABELS));
    Dataset<Row> images =
        union(
                spark,
                origins,
                col(ExplanationsTable.IMAGE_ID),
                col(ExplanationsTable.PATH),
                col(ExplanationsTable.SHA256),
                indices(has, names).as(PRESENT),
                coalesce(
                        indices(col(ExplanationsTable.UNKNOWN_LABELS), names),
                        array().cast("array<int>"))
                    .as(UNKNOWN))
            .groupBy(ExplanationsTable.IMAGE_ID, ExplanationsTable.SHA256)
            .agg(
                min(ExplanationsTable.PATH).as(ExplanationsTable.PATH),
                min(PRESENT).as(PRESENT),
                min(UNKNOWN).as(UNKNOWN))
            .transform(withoutCopies(seed));
    // Without a label, null.
    Dataset<Row> each = images.withColumn(CLASS_INDEX, explode_outer(col(PRESENT)));
    Object[] chosen = largest(each, classes);
    String[] key = {ExplanationsTable.IMAGE_ID, ExplanationsTable.SHA256};
    Dataset<Row> some =
        images.join(
            each.where(col(CLASS_INDEX).isin(chosen).or(col(CLASS_INDEX).isNull()))
                .withColumn("nth", nth(seed, CLASS_INDEX))
                .where(col("nth").leq(most.applyAsInt(chosen.length)))
                .select(key[0], key[1])
                .distinct(),
            key,
            "left_semi");
    Column unknown = lit(-ONCE_PARTS - 1).minus(col(CLASS_INDEX)).cast("int");
    return some.withColumn(CLASS_INDEX, explode(col(PRESENT)))
        .where(col(CLASS_INDEX).isin(chosen))
        .unionByName(
            some.withColumn(CLASS_INDEX, explode(col(UNKNOWN)))
                .where(col(CLASS_INDEX).isin(chosen))
                .withColumn(CLASS_INDEX, unknown))
        .unionByName(
            some.withColumn(
                CLASS_INDEX,
                pmod(xxhash64(col(ExplanationsTable.SHA256)), lit(ONCE_PARTS))
                    .plus(1)
                    .multiply(-1)
                    .cast("int")))
        .drop(PRESENT, UNKNOWN);
  }

  /** Whether a row of {@link #ofEachClass} is one of those that have each image once. */
  static boolean isOnce(int classIndex) {
    return classIndex < 0 && classIndex >= -ONCE_PARTS;
  }

  /** The class of which it is not known whether the row's image has it; empty for other rows. */
  static OptionalInt unknownOf(int classIndex) {
    return classIndex < -ONCE_PARTS
        ? OptionalInt.of(-ONCE_PARTS - 1 - classIndex)
        : OptionalInt.empty();
  }

  /** The columns of {@link #KEY}. */
  static String[] keys() {
    return KEY.fieldNames();
  }

  /** Images that were chosen for a suspect, but whose maps mark nothing apart from their peaks. */
  int withoutPart(int view, int suspect) {
    return withoutPart.getOrDefault(new Numbered(view, suspect), 0);
  }

  int size() {
    return pairs.size();
  }

  /** The chosen images, each once: {@code image_id}, {@code path} and {@code sha256}. */
  Dataset<Row> images() {
    Dataset<Row> all = spark.createDataFrame(pairs, PAIRS);
    Dataset<Row> own = all.select(col(OWN + ".*"));
    Dataset<Row> other = all.where(col(OTHER).isNotNull()).select(col(OTHER + ".*"));
    Dataset<Row> witness = all.where(col(WITNESS).isNotNull()).select(col(WITNESS + ".*"));
    return own.unionByName(other).unionByName(witness).drop(CLASS_INDEX).distinct();
  }

  /**
   * The pairs; each of their images has the columns of {@code found}. Without a {@link #WITNESS} in
   * any of them, that column says nothing of paths.
   *
   * @param found {@link #images} with {@code content}, and with paths where they are now
   */
  Dataset<Row> rows(Dataset<Row> found) {
    Dataset<Row> all = spark.createDataFrame(pairs, PAIRS);
    Dataset<Row> both = with(with(all, OWN, found), OTHER, found);
    return hasWitnesses ? with(both, WITNESS, found) : both;
  }

  private static Dataset<Row> with(Dataset<Row> pairs, String which, Dataset<Row> found) {
    Dataset<Row> image =
        found.select(
            col(IMAGE_ID).as(which + "_id"),
            col(SHA256).as(which + "_sha256"),
            col(ImagesTable.PATH).as(which + "_path"),
            col(ImagesTable.CONTENT).as(which + "_content"));
    Column same =
        col(which + "_id")
            .equalTo(col(which + "." + IMAGE_ID))
            .and(col(which + "_sha256").equalTo(col(which + "." + SHA256)));
    return pairs
        .join(image, same, "left_outer")
        .withColumn(
            which,
            when(
                col(which).isNotNull(),
                struct(
                    col(which + "." + IMAGE_ID).as(IMAGE_ID),
                    col(which + "_path").as(ImagesTable.PATH),
                    col(which + "." + SHA256).as(SHA256),
                    col(which + "." + CLASS_INDEX).as(CLASS_INDEX),
                    col(which + "_content").as(ImagesTable.CONTENT))))
        .drop(which + "_id", which + "_sha256", which + "_path", which + "_content");
  }
}
