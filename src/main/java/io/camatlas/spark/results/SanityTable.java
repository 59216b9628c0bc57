package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.Moments;
import io.camatlas.atlas.Wilson;
import io.camatlas.sanity.SanityMeasure;
import io.camatlas.spark.results.SanityImagesTable.OfMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code sanity}: one row for each layer, target class, measure and degree. For each
 * layer there is also a row over all classes, whose {@code class} is null and in which every image
 * counts once, by the mean of its maps: those of several classes are not independent.
 *
 * <p>{@code mean} has its 95 % confidence interval by Student's t; that is null where {@code n} is
 * below two, and not clipped. Those of shares, {@code road} and {@code road_random}, are Wilson's.
 */
public final class SanityTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 3;

  /** Name of the table. */
  public static final String NAME = "sanity";

  public static final String LAYER = ExplanationsTable.LAYER;
  public static final String CLASS = AtlasTable.CLASS;
  public static final String MEASURE = SanityImagesTable.MEASURE;
  public static final String DEGREE = SanityImagesTable.DEGREE;
  public static final String N = FaithfulnessTable.N;
  public static final String MEAN = FaithfulnessTable.MEAN;
  public static final String CI_LOW = FaithfulnessTable.CI_LOW;
  public static final String CI_HIGH = FaithfulnessTable.CI_HIGH;

  /** The columns, in order. */
  public static final StructType SCHEMA =
      ExplanationsTable.joined(
          FaithfulnessTable.CLASS_COLUMNS,
          new StructType()
              .add(MEASURE, StringType, false)
              .add(DEGREE, IntegerType, false)
              .add(N, LongType, false)
              .add(MEAN, DoubleType, false)
              .add(CI_LOW, DoubleType, true)
              .add(CI_HIGH, DoubleType, true));

  private SanityTable() {}

  private record Key(String layer, int classIndex, SanityMeasure measure, int degree)
      implements Comparable<Key> {
    private static final int ALL = Integer.MAX_VALUE;

    @Override
    public int compareTo(Key other) {
      return Comparator.comparing(Key::layer)
          .thenComparing(Key::classIndex)
          .thenComparing(Key::measure)
          .thenComparing(Key::degree)
          .compare(this, other);
    }
  }

  /**
   * Gathers the sample's rows on the driver, in a fixed order, so that sums do not depend on
   * partitions.
   *
   * @param maps rows of {@link SanityImagesTable}
   * @return rows of {@link #SCHEMA}: for each layer its classes by index, then all classes
   */
  public static List<Row> rows(Dataset<Row> maps) {
    List<OfMap> ordered = new ArrayList<>();
    maps.collectAsList().forEach(row -> ordered.add(SanityImagesTable.fromRow(row)));
    ordered.sort(Comparator.comparing(OfMap::imageId).thenComparing(OfMap::targetIndex));
    Map<Key, Moments> gathered = new TreeMap<>();
    Map<Key, Map<String, Moments>> images = new TreeMap<>();
    Map<Integer, String> names = new TreeMap<>();
    for (OfMap one : ordered) {
      names.put(one.targetIndex(), one.target());
      Moments value = Moments.EMPTY.with(one.checked().value());
      gathered.merge(key(one, one.targetIndex()), value, Moments::merge);
      images
          .computeIfAbsent(key(one, Key.ALL), fresh -> new TreeMap<>())
          .merge(one.imageId(), value, Moments::merge);
    }
    images.forEach(
        (key, ofImages) ->
            ofImages
                .values()
                .forEach(
                    image ->
                        gathered.merge(key, Moments.EMPTY.with(image.mean()), Moments::merge)));
    List<Row> rows = new ArrayList<>();
    gathered.forEach(
        (key, moments) -> {
          boolean all = key.classIndex() == Key.ALL;
          double[] interval = interval(key.measure(), moments);
          boolean known = !Double.isNaN(interval[0]);
          rows.add(
              RowFactory.create(
                  ordered.get(0).model(),
                  ordered.get(0).modelSha256(),
                  key.layer(),
                  ordered.get(0).method(),
                  all ? null : names.get(key.classIndex()),
                  all ? null : key.classIndex(),
                  key.measure().text(),
                  key.degree(),
                  moments.count(),
                  moments.mean(),
                  known ? interval[0] : null,
                  known ? interval[1] : null));
        });
    return rows;
  }

  private static Key key(OfMap one, int classIndex) {
    return new Key(one.layer(), classIndex, one.checked().measure(), one.checked().degree());
  }

  private static double[] interval(SanityMeasure measure, Moments moments) {
    if (measure.isShare()) {
      return new double[] {
        Wilson.low(moments.mean(), moments.count()), Wilson.high(moments.mean(), moments.count())
      };
    }
    double half = moments.halfWidth95();
    return new double[] {moments.mean() - half, moments.mean() + half};
  }

  /**
   * A row.
   *
   * @param className name of the class; null for all classes together
   * @param ciLow lower end of the interval of the mean; NaN if it is unknown
   * @param ciHigh upper end
   */
  public record OfClass(
      String layer,
      String className,
      SanityMeasure measure,
      int degree,
      long n,
      double mean,
      double ciLow,
      double ciHigh) {}

  public static OfClass fromRow(Row row) {
    return new OfClass(
        row.getAs(LAYER),
        row.getAs(CLASS),
        SanityMeasure.valueOf(row.<String>getAs(MEASURE).toUpperCase(Locale.ROOT)),
        row.getAs(DEGREE),
        row.getAs(N),
        row.getAs(MEAN),
        Cells.number(row, CI_LOW),
        Cells.number(row, CI_HIGH));
  }
}
