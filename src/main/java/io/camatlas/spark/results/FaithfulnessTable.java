package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.Moments;
import io.camatlas.atlas.Wilson;
import io.camatlas.faithfulness.FaithfulnessMoments;
import io.camatlas.faithfulness.MapKind;
import io.camatlas.spark.results.FaithfulnessImagesTable.ScoredMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code faithfulness}: one row for each layer, target class and kind of map. For each
 * layer and kind there is also a row over all classes, whose {@code class} is null and in which
 * every image counts once.
 *
 * <p>Each of the four numbers is a struct of its count, mean and the 95 % confidence interval of
 * the mean by Student's t; the interval is null for fewer than two images, and the mean for none.
 * These intervals are not clipped to 0 and 1. That of {@code increase}, a share of the images, is
 * Wilson's.
 */
public final class FaithfulnessTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "faithfulness";

  public static final String MODEL = ExplanationsTable.MODEL;
  public static final String MODEL_SHA256 = ExplanationsTable.MODEL_SHA256;
  public static final String LAYER = ExplanationsTable.LAYER;
  public static final String METHOD = ExplanationsTable.METHOD;
  public static final String CLASS = AtlasTable.CLASS;
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;
  public static final String MAP_KIND = FaithfulnessImagesTable.MAP_KIND;
  public static final String IMAGES = "images";
  public static final String AVERAGE_DROP = FaithfulnessImagesTable.AVERAGE_DROP;
  public static final String INCREASE = FaithfulnessImagesTable.INCREASE;
  public static final String INSERTION_AUC = FaithfulnessImagesTable.INSERTION_AUC;
  public static final String DELETION_AUC = FaithfulnessImagesTable.DELETION_AUC;

  /** Fields of each number. */
  public static final String N = AtlasTable.N;

  public static final String MEAN = MeasureStruct.MEAN;
  public static final String CI_LOW = SpatialBiasTable.CI_LOW;
  public static final String CI_HIGH = SpatialBiasTable.CI_HIGH;

  private static final StructType MEAN_TYPE =
      new StructType()
          .add(N, LongType, false)
          .add(MEAN, DoubleType, true)
          .add(CI_LOW, DoubleType, true)
          .add(CI_HIGH, DoubleType, true);

  /** Which class of which layer. */
  static final StructType CLASS_COLUMNS =
      new StructType()
          .add(MODEL, StringType, false)
          .add(MODEL_SHA256, StringType, false)
          .add(LAYER, StringType, false)
          .add(METHOD, StringType, false)
          .add(CLASS, StringType, true)
          .add(CLASS_INDEX, IntegerType, true);

  /** The columns, in order. */
  public static final StructType SCHEMA =
      ExplanationsTable.joined(
          CLASS_COLUMNS,
          new StructType()
              .add(MAP_KIND, StringType, false)
              .add(IMAGES, LongType, false)
              .add(AVERAGE_DROP, MEAN_TYPE, false)
              .add(INCREASE, MEAN_TYPE, false)
              .add(INSERTION_AUC, MEAN_TYPE, false)
              .add(DELETION_AUC, MEAN_TYPE, false));

  private FaithfulnessTable() {}

  /** One class of one layer, or all classes of it. */
  private static final class Gathered {
    private final ScoredMap first;
    private final Map<MapKind, FaithfulnessMoments> maps = new EnumMap<>(MapKind.class);

    Gathered(ScoredMap first) {
      this.first = first;
    }
  }

  /**
   * Gathers the sample's rows on the driver, in a fixed order, so that sums do not depend on
   * partitions.
   *
   * @param images rows of {@link FaithfulnessImagesTable}
   * @return rows of {@link #SCHEMA}: for each layer its classes by index, then the row over all
   *     classes
   */
  public static List<Row> rows(Dataset<Row> images) {
    Map<String, Map<Integer, Gathered>> layers = new TreeMap<>();
    // A sample is small, and sorting it here is far faster than a shuffle.
    List<ScoredMap> ordered = new ArrayList<>();
    images.collectAsList().forEach(row -> ordered.add(FaithfulnessImagesTable.fromRow(row)));
    ordered.sort(
        Comparator.comparing(ScoredMap::layer)
            .thenComparing(ScoredMap::targetIndex)
            .thenComparing(ScoredMap::imageId));
    for (ScoredMap map : ordered) {
      layers
          .computeIfAbsent(map.layer(), layer -> new TreeMap<>())
          .computeIfAbsent(map.targetIndex(), index -> new Gathered(map))
          .maps
          .merge(
              map.kind(),
              FaithfulnessMoments.EMPTY.with(map.numbers()),
              FaithfulnessMoments::merge);
    }
    Map<String, Map<MapKind, FaithfulnessMoments>> all = ofImages(ordered);
    List<Row> rows = new ArrayList<>();
    layers.forEach(
        (layer, classes) -> {
          for (Gathered one : classes.values()) {
            one.maps.forEach((kind, moments) -> rows.add(row(one.first, true, kind, moments)));
          }
          ScoredMap first = classes.values().iterator().next().first;
          all.get(layer).forEach((kind, moments) -> rows.add(row(first, false, kind, moments)));
        });
    return rows;
  }

  /** What is known of all classes, by layer; an image of which several were sampled counts once. */
  private static Map<String, Map<MapKind, FaithfulnessMoments>> ofImages(List<ScoredMap> maps) {
    Map<String, Map<MapKind, Map<String, FaithfulnessMoments>>> images = new TreeMap<>();
    for (ScoredMap map : maps) {
      images
          .computeIfAbsent(map.layer(), layer -> new EnumMap<>(MapKind.class))
          .computeIfAbsent(map.kind(), kind -> new TreeMap<>())
          .merge(
              map.imageId(),
              FaithfulnessMoments.EMPTY.with(map.numbers()),
              FaithfulnessMoments::merge);
    }
    Map<String, Map<MapKind, FaithfulnessMoments>> all = new TreeMap<>();
    images.forEach(
        (layer, kinds) ->
            kinds.forEach(
                (kind, ofImages) ->
                    ofImages
                        .values()
                        .forEach(
                            image ->
                                all.computeIfAbsent(layer, any -> new EnumMap<>(MapKind.class))
                                    .merge(
                                        kind,
                                        FaithfulnessMoments.EMPTY.with(image.means()),
                                        FaithfulnessMoments::merge))));
    return all;
  }

  private static Row row(
      ScoredMap first, boolean ofClass, MapKind kind, FaithfulnessMoments moments) {
    return RowFactory.create(
        first.model(),
        first.modelSha256(),
        first.layer(),
        first.method(),
        ofClass ? first.target() : null,
        ofClass ? first.targetIndex() : null,
        kind.text(),
        moments.increase().count(),
        mean(moments.averageDrop()),
        share(moments.increase()),
        mean(moments.insertionAuc()),
        mean(moments.deletionAuc()));
  }

  private static Row mean(Moments moments) {
    double half = moments.halfWidth95();
    boolean known = !Double.isNaN(half);
    return RowFactory.create(
        moments.count(),
        moments.count() == 0 ? null : moments.mean(),
        known ? moments.mean() - half : null,
        known ? moments.mean() + half : null);
  }

  private static Row share(Moments moments) {
    boolean known = moments.count() > 0;
    return RowFactory.create(
        moments.count(),
        known ? moments.mean() : null,
        known ? Wilson.low(moments.mean(), moments.count()) : null,
        known ? Wilson.high(moments.mean(), moments.count()) : null);
  }

  /**
   * A row.
   *
   * @param className name of the class; null for all classes together
   * @param classIndex index of the class; null for all classes together
   * @param averageDrop mean, like the other three numbers; NaN if there is none
   */
  public record OfClass(
      String layer,
      String className,
      Integer classIndex,
      MapKind kind,
      long images,
      double averageDrop,
      double increase,
      double insertionAuc,
      double deletionAuc) {}

  /**
   * Checks the version of a table that is read.
   *
   * @param found the folder's versions, by table
   * @param writer the CamAtlas that wrote it
   */
  public static void requireVersion(String folder, Map<String, Integer> found, String writer) {
    TableVersions.require(folder, found, writer, NAME, VERSION);
  }

  /** A number of a row: mean, lower and upper end of its interval; NaN where one is unknown. */
  public static double[] interval(Row row, String number) {
    Row all = row.getAs(number);
    return new double[] {
      Cells.number(all, MEAN), Cells.number(all, CI_LOW), Cells.number(all, CI_HIGH)
    };
  }

  public static OfClass fromRow(Row row) {
    return new OfClass(
        row.getAs(LAYER),
        row.getAs(CLASS),
        row.getAs(CLASS_INDEX),
        MapKind.valueOf(row.<String>getAs(MAP_KIND).toUpperCase(Locale.ROOT)),
        row.getAs(IMAGES),
        mean(row, AVERAGE_DROP),
        mean(row, INCREASE),
        mean(row, INSERTION_AUC),
        mean(row, DELETION_AUC));
  }

  private static double mean(Row row, String number) {
    Double mean = row.<Row>getAs(number).getAs(MEAN);
    return mean == null ? Double.NaN : mean;
  }
}
