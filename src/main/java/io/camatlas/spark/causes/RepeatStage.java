package io.camatlas.spark.causes;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import io.camatlas.causes.MainPart;
import io.camatlas.causes.OtherClasses;
import io.camatlas.causes.Place;
import io.camatlas.causes.Repeats;
import io.camatlas.image.Cut;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.RgbImage;
import io.camatlas.localize.FractionBox;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.OriginalImages;
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
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
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
  private static final String REPEATED = "repeated";
  private static final String PLACE = "nth";

  /** Of so many classes of a view, those with the most images, parts are compared. */
  private static final int CLASSES = 1_600;

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
          .add(REPEATED, DataTypes.LongType, false);

  private static final System.Logger LOG = System.getLogger(RepeatStage.class.getName());

  private RepeatStage() {}

  /** All that a task needs. */
  record Plan(Preprocessing preprocessing, DecodeLimits limits) implements Serializable {}

  /**
   * Where the maps of a view have their peaks, in the first images of each class in the order of
   * the hash: rows of {@link #PEAK}.
   */
  static List<Row> peaks(SparkSession spark, ExplainedRun run, ViewReport view, long seed) {
    Dataset<Row> all =
        run.explanations(spark)
            .where(col(ExplanationsTable.LAYER).equalTo(view.view().layer().path()))
            .where(
                col(ExplanationsTable.TARGET_INDEX)
                    .equalTo(col(ExplanationsTable.PREDICTED_INDEX)));
    // Only names are sorted; maps are read for the chosen rows alone.
    String[] key = {
      ExplanationsTable.IMAGE_ID, ExplanationsTable.SHA256, ExplanationsTable.TARGET_INDEX
    };
    Object[] classes =
        view.classes().stream()
            .filter(view::judges)
            .sorted(
                Comparator.<ClassReport>comparingLong(one -> -one.maps().visible())
                    .thenComparingInt(ClassReport::index))
            .limit(CLASSES)
            .map(ClassReport::index)
            .toArray();
    Dataset<Row> chosen =
        all.where(col(ExplanationsTable.TARGET_INDEX).isin(classes))
            .select(key[0], key[1], key[2])
            .withColumn(
                PLACE,
                row_number()
                    .over(
                        Window.partitionBy(ExplanationsTable.TARGET_INDEX)
                            .orderBy(
                                xxhash64(
                                    lit(seed),
                                    col(ExplanationsTable.SHA256),
                                    col(ExplanationsTable.IMAGE_ID)),
                                col(ExplanationsTable.IMAGE_ID))))
            .where(col(PLACE).leq(Repeats.IMAGES))
            .drop(PLACE);
    List<Row> peaks = new ArrayList<>();
    Iterator<Row> each =
        all.join(chosen, key, "left_semi")
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
      Optional<Place> peak =
          MainPart.of(
              CausePairs.map(row),
              row.<Integer>getAs(ExplanationsTable.MAP_HEIGHT),
              row.<Integer>getAs(ExplanationsTable.MAP_WIDTH));
      peak.ifPresent(
          place -> {
            FractionBox box = place.boxes().get(0);
            peaks.add(
                RowFactory.create(
                    view.view().number(),
                    row.getAs(ExplanationsTable.TARGET_INDEX),
                    row.getAs(ExplanationsTable.IMAGE_ID),
                    row.getAs(ExplanationsTable.PATH),
                    row.getAs(ExplanationsTable.SHA256),
                    (box.x0() + box.x1()) / 2,
                    (box.y0() + box.y1()) / 2));
          });
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
   * @param images rows of {@link #table} with {@code content}; those that are gone are left out
   * @return by view and class
   */
  static Map<Integer, Map<Integer, Repeats>> find(
      Dataset<Row> images, Plan plan, int tasks, SerializableConfiguration hadoop) {
    MapPartitionsFunction<Row, Row> task = rows -> task(rows, plan, hadoop);
    Map<Integer, Map<Integer, OtherClasses.Turned>> counted = new HashMap<>();
    images
        .repartition(tasks, col(VIEW), col(CLASS_INDEX))
        .sortWithinPartitions(VIEW, CLASS_INDEX, CausePairs.IMAGE_ID)
        .mapPartitions(task, Encoders.row(COUNTED))
        .collectAsList()
        .forEach(
            row ->
                counted
                    .computeIfAbsent(row.<Integer>getAs(VIEW), view -> new HashMap<>())
                    .put(
                        row.<Integer>getAs(CLASS_INDEX),
                        new OtherClasses.Turned(row.<Long>getAs(N), row.<Long>getAs(REPEATED))));
    Map<Integer, Map<Integer, Repeats>> found = new HashMap<>();
    counted.forEach((view, classes) -> found.put(view, compared(classes)));
    return found;
  }

  private static Map<Integer, Repeats> compared(Map<Integer, OtherClasses.Turned> classes) {
    List<Integer> indices = List.copyOf(classes.keySet());
    List<OtherClasses> others = OtherClasses.of(indices.stream().map(classes::get).toList());
    Map<Integer, Repeats> found = new HashMap<>();
    for (int i = 0; i < indices.size(); i++) {
      OtherClasses.Turned own = classes.get(indices.get(i));
      found.put(indices.get(i), new Repeats(own.n(), own.turned(), others.get(i)));
    }
    return found;
  }

  private static Iterator<Row> task(
      Iterator<Row> rows, Plan plan, SerializableConfiguration hadoop) {
    List<Row> counted = new ArrayList<>();
    ImageDecoder decoder = new ImageDecoder(plan.limits());
    List<Cut> cuts = new ArrayList<>();
    int view = -1;
    int index = -1;
    while (rows.hasNext()) {
      Row row = rows.next();
      int ownView = row.getAs(VIEW);
      int own = row.getAs(CLASS_INDEX);
      if (ownView != view || own != index) {
        count(counted, view, index, cuts);
        cuts.clear();
        view = ownView;
        index = own;
      }
      try {
        byte[] bytes =
            OriginalImages.read(
                row,
                row.getAs(CausePairs.SHA256),
                hadoop.value(),
                plan.limits().maxBytes(),
                "no such image is there");
        RgbImage image = decoder.decode(bytes);
        cuts.add(
            Cut.of(
                image,
                plan.preprocessing().mapping(image.width(), image.height()).view(),
                row.<Double>getAs(X),
                row.<Double>getAs(Y)));
      } catch (OriginalImages.Unavailable | ImageException | IllegalArgumentException e) {
        LOG.log(System.Logger.Level.DEBUG, "an image is left out", e);
      }
    }
    count(counted, view, index, cuts);
    return counted.iterator();
  }

  private static void count(List<Row> counted, int view, int index, List<Cut> cuts) {
    if (!cuts.isEmpty()) {
      OtherClasses.Turned found = Repeats.of(cuts);
      counted.add(RowFactory.create(view, index, found.n(), found.turned()));
    }
  }
}
