package io.camatlas.spark.causes;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import io.camatlas.causes.OtherImages;
import io.camatlas.causes.Repeats;
import io.camatlas.causes.Suspect;
import io.camatlas.image.Cut;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.RgbImage;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.PicturesCompared;
import io.camatlas.report.facts.PicturesCompared.Comparison;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ExplainedRun;
import io.camatlas.spark.results.ExplanationsTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Finds classes whose maps mark the same thing pixel by pixel. */
final class RepeatStage {
  private static final String VIEW = CausePairs.VIEW;
  private static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;
  private static final String X = "x";
  private static final String Y = "y";
  private static final String N = AtlasTable.N;
  private static final String MISSING = "missing";
  private static final String COMPARED = "of_enough";
  private static final String REPEATED = "repeated";
  private static final String PLACE = "nth";

  private static final StructType PEAK =
      new StructType()
          .add(VIEW, DataTypes.IntegerType, false)
          .add(CLASS_INDEX, DataTypes.IntegerType, false)
          .add(CausePairs.IMAGE_ID, DataTypes.StringType, false)
          .add(ImagesTable.PATH, DataTypes.StringType, true)
          .add(CausePairs.SHA256, DataTypes.StringType, false)
          .add(X, DataTypes.DoubleType, false)
          .add(Y, DataTypes.DoubleType, false);

  private static final StructType COUNTED =
      new StructType()
          .add(VIEW, DataTypes.IntegerType, false)
          .add(CLASS_INDEX, DataTypes.IntegerType, false)
          .add(N, DataTypes.LongType, false)
          .add(MISSING, DataTypes.LongType, false)
          .add(COMPARED, DataTypes.LongType, false)
          .add(REPEATED, DataTypes.createArrayType(DataTypes.StringType, false), false);

  private RepeatStage() {}

  /** All that a task needs. */
  record Plan(Preprocessing preprocessing, DecodeLimits limits) implements Serializable {}

  /**
   * What was found.
   *
   * @param byView suspects by view
   * @param compared how the images of each class were compared, by view and class
   * @param missing pictures that are gone, have changed or cannot be decoded, in the view that has
   *     the most of them
   */
  record Repeated(
      Map<Integer, List<Suspect.OfRepeat>> byView,
      Map<Integer, Map<Integer, Comparison>> compared,
      long missing) {
    static final Repeated NONE = new Repeated(Map.of(), Map.of(), 0);

    /** Of a class of a view; one that has no image with a peak has too few. */
    Comparison of(int view, int classIndex) {
      return compared.getOrDefault(view, Map.of()).getOrDefault(classIndex, Comparison.OF_TOO_FEW);
    }
  }

  /** The classes of a view whose images are compared. */
  static List<Integer> classes(ViewReport view) {
    return view.classes().stream()
        .filter(view::judges)
        .sorted(
            Comparator.<ClassReport>comparingLong(one -> -one.maps().visible())
                .thenComparingInt(ClassReport::index))
        .limit(PicturesCompared.CLASSES)
        .map(ClassReport::index)
        .toList();
  }

  /**
   * Where the maps of a view have their peaks, in the first images of each class in the order of
   * the hash: rows of {@link #PEAK}.
   */
  static List<Row> peaks(SparkSession spark, ExplainedRun run, ViewReport view, long seed) {
    Dataset<Row> all =
        run.explanations(spark)
            .where(col(ExplanationsTable.LAYER).equalTo(view.view().layer().path()))
            .where(ExplanationsTable.ofPredicted());
    // Only names are sorted; maps are read for the chosen rows alone.
    String[] key = {
      ExplanationsTable.IMAGE_ID, ExplanationsTable.SHA256, ExplanationsTable.TARGET_INDEX
    };
    Dataset<Row> chosen =
        all.where(col(ExplanationsTable.TARGET_INDEX).isin(classes(view).toArray()))
            .select(key[0], key[1], key[2])
            .transform(CausePairs.withoutCopies(seed, ExplanationsTable.TARGET_INDEX))
            .withColumn(PLACE, CausePairs.nth(seed, ExplanationsTable.TARGET_INDEX))
            .where(col(PLACE).leq(Repeats.IMAGES))
            .drop(PLACE);
    List<Row> peaks = new ArrayList<>();
    Iterator<Row> each =
        all.join(broadcast(chosen), key, "left_semi")
            .select(
                ExplanationsTable.IMAGE_ID,
                ExplanationsTable.PATH,
                ExplanationsTable.SHA256,
                ExplanationsTable.TARGET_INDEX,
                ExplanationsTable.MAP,
                ExplanationsTable.MAP_HEIGHT,
                ExplanationsTable.MAP_WIDTH)
            .toLocalIterator();
    while (each.hasNext()) {
      Row row = each.next();
      double[] map = CausePairs.map(row);
      int peak = 0;
      for (int i = 1; i < map.length; i++) {
        peak = map[i] > map[peak] ? i : peak;
      }
      if (map[peak] > 0) {
        int height = row.getAs(ExplanationsTable.MAP_HEIGHT);
        int width = row.getAs(ExplanationsTable.MAP_WIDTH);
        int above = peak / width;
        peaks.add(
            RowFactory.create(
                view.view().number(),
                row.getAs(ExplanationsTable.TARGET_INDEX),
                row.getAs(ExplanationsTable.IMAGE_ID),
                row.getAs(ExplanationsTable.PATH),
                row.getAs(ExplanationsTable.SHA256),
                (peak % width + 0.5) / width,
                (above + 0.5) / height));
      }
    }
    return peaks;
  }

  /** Rows of {@link #peaks} as a table. */
  static Dataset<Row> table(SparkSession spark, List<Row> peaks) {
    return spark.createDataFrame(peaks, PEAK);
  }

  /**
   * Compares parts.
   *
   * @param images rows of {@link #table} with {@code content}; those that are gone are counted and
   *     left out
   */
  static Repeated find(
      Dataset<Row> images, Plan plan, int tasks, SerializableConfiguration hadoop) {
    MapPartitionsFunction<Row, Row> task = rows -> task(rows, plan, hadoop);
    Map<Integer, List<Row>> views = new TreeMap<>();
    Map<Integer, Long> missing = new HashMap<>();
    List<Row> counted =
        images
            .repartition(tasks, col(VIEW), col(CLASS_INDEX))
            .sortWithinPartitions(VIEW, CLASS_INDEX, CausePairs.IMAGE_ID)
            .mapPartitions(task, Encoders.row(COUNTED))
            .orderBy(VIEW, CLASS_INDEX)
            .collectAsList();
    for (Row row : counted) {
      missing.merge(row.<Integer>getAs(VIEW), row.<Long>getAs(MISSING), Long::sum);
      if (row.<Long>getAs(N) > 0) {
        views.computeIfAbsent(row.<Integer>getAs(VIEW), any -> new ArrayList<>()).add(row);
      }
    }
    Map<Integer, List<Suspect.OfRepeat>> found = new HashMap<>();
    Map<Integer, Map<Integer, Comparison>> compared = new HashMap<>();
    views.forEach(
        (view, classes) -> {
          found.put(view, suspects(classes));
          compared.put(view, compared(classes, found.get(view)));
        });
    return new Repeated(
        found, compared, missing.values().stream().mapToLong(n -> n).max().orElse(0));
  }

  /** Nothing is said of a class where there is no other one. */
  private static Map<Integer, Comparison> compared(
      List<Row> classes, List<Suspect.OfRepeat> suspects) {
    Set<Integer> found =
        suspects.stream().map(Suspect.OfRepeat::classIndex).collect(Collectors.toSet());
    Map<Integer, Comparison> compared = new HashMap<>();
    for (Row row : classes) {
      int index = row.getAs(CLASS_INDEX);
      compared.put(
          index,
          classes.size() == 1
              ? Comparison.OF_TOO_FEW
              : new Comparison(row.<Long>getAs(COMPARED), found.contains(index)));
    }
    return compared;
  }

  private static List<Suspect.OfRepeat> suspects(List<Row> classes) {
    List<OtherImages> others =
        OtherImages.of(
            classes.stream()
                .map(
                    row ->
                        new OtherImages.Turned(
                            row.<Long>getAs(N), row.getList(row.fieldIndex(REPEATED)).size()))
                .toList());
    List<Suspect.OfRepeat> suspects = new ArrayList<>();
    for (int i = 0; i < classes.size(); i++) {
      Row row = classes.get(i);
      List<String> images = row.getList(row.fieldIndex(REPEATED));
      Repeats repeats = new Repeats(row.<Long>getAs(N), images.size(), others.get(i));
      if (repeats.isSuspect()) {
        suspects.add(new Suspect.OfRepeat(row.<Integer>getAs(CLASS_INDEX), repeats, images));
      }
    }
    return suspects;
  }

  private static Iterator<Row> task(
      Iterator<Row> rows, Plan plan, SerializableConfiguration hadoop) {
    List<Row> counted = new ArrayList<>();
    Originals originals = new Originals(plan.limits(), hadoop.value());
    List<Cut> cuts = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    int view = -1;
    int index = -1;
    long missing = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      int ownView = row.getAs(VIEW);
      int own = row.getAs(CLASS_INDEX);
      if (ownView != view || own != index) {
        count(counted, view, index, cuts, ids, missing);
        cuts.clear();
        ids.clear();
        missing = 0;
        view = ownView;
        index = own;
      }
      Optional<RgbImage> image = originals.read(row);
      if (image.isEmpty()) {
        missing++;
      } else {
        cuts.add(
            Cut.of(
                image.get(),
                plan.preprocessing().mapping(image.get().width(), image.get().height()).view(),
                row.<Double>getAs(X),
                row.<Double>getAs(Y)));
        ids.add(row.getAs(CausePairs.IMAGE_ID));
      }
    }
    count(counted, view, index, cuts, ids, missing);
    return counted.iterator();
  }

  private static void count(
      List<Row> counted, int view, int index, List<Cut> cuts, List<String> ids, long missing) {
    if (view >= 0) {
      Repeats.Found found = Repeats.of(cuts);
      String[] repeated = found.images().stream().map(ids::get).toArray(String[]::new);
      long compared = found.isOfEnough() ? found.compared() : 0;
      counted.add(RowFactory.create(view, index, (long) cuts.size(), missing, compared, repeated));
    }
  }
}
