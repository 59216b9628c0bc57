package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.Moments;
import io.camatlas.faithfulness.FaithfulnessMoments;
import io.camatlas.faithfulness.MapKind;
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
 * The table {@code faithfulness}: one row for each layer, target class and kind of map, and for
 * each layer and kind one over all classes, whose {@code class} is null and in which every image
 * counts once.
 *
 * <p>Each of the four numbers is a struct of its count, mean and the 95 % confidence interval of
 * the mean by Student's t; the interval is null below two images, the mean without any. Intervals
 * are not cut at 0 and 1.
 */
public final class FaithfulnessTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  private static final StructType MEAN =
      new StructType()
          .add("n", LongType, false)
          .add("mean", DoubleType, true)
          .add("ci_low", DoubleType, true)
          .add("ci_high", DoubleType, true);

  /** The columns, in order. */
  public static final StructType SCHEMA =
      new StructType()
          .add("model", StringType, false)
          .add("model_sha256", StringType, false)
          .add("layer", StringType, false)
          .add("method", StringType, false)
          .add("class", StringType, true)
          .add("class_index", IntegerType, true)
          .add("map_kind", StringType, false)
          .add("images", LongType, false)
          .add("average_drop", MEAN, false)
          .add("increase", MEAN, false)
          .add("insertion_auc", MEAN, false)
          .add("deletion_auc", MEAN, false);

  private FaithfulnessTable() {}

  /** One class of one layer, or all classes of it. */
  private static final class Gathered {
    private final Row first;
    private final Map<MapKind, FaithfulnessMoments> maps = new EnumMap<>(MapKind.class);

    Gathered(Row first) {
      this.first = first;
    }
  }

  /**
   * Gathers the sample's rows on the driver, in an order of their own: sums then do not depend on
   * partitions.
   *
   * @param images rows of {@link FaithfulnessImagesTable}
   * @return rows of {@link #SCHEMA}, a layer's classes by index, then all of them
   */
  public static List<Row> rows(Dataset<Row> images) {
    Map<String, Map<Integer, Gathered>> layers = new TreeMap<>();
    // A sample is small, and sorting it here is far quicker than a shuffle.
    List<Row> ordered = new ArrayList<>(images.collectAsList());
    ordered.sort(
        Comparator.comparing((Row row) -> row.<String>getAs("layer"))
            .thenComparing(row -> row.<Integer>getAs("target_index"))
            .thenComparing(row -> row.<String>getAs("image_id")));
    for (Row row : ordered) {
      Gathered gathered =
          layers
              .computeIfAbsent(row.getAs("layer"), layer -> new TreeMap<>())
              .computeIfAbsent(row.getAs("target_index"), index -> new Gathered(row));
      String kind = row.getAs("map_kind");
      gathered.maps.merge(
          MapKind.valueOf(kind.toUpperCase(Locale.ROOT)),
          FaithfulnessMoments.EMPTY.with(FaithfulnessImagesTable.fromRow(row)),
          FaithfulnessMoments::merge);
    }
    List<Row> rows = new ArrayList<>();
    for (Map<Integer, Gathered> classes : layers.values()) {
      Gathered all = new Gathered(classes.values().iterator().next().first);
      for (Gathered one : classes.values()) {
        one.maps.forEach(
            (kind, moments) -> all.maps.merge(kind, moments, FaithfulnessMoments::merge));
        one.maps.forEach((kind, moments) -> rows.add(row(one.first, true, kind, moments)));
      }
      all.maps.forEach((kind, moments) -> rows.add(row(all.first, false, kind, moments)));
    }
    return rows;
  }

  private static Row row(Row first, boolean ofClass, MapKind kind, FaithfulnessMoments moments) {
    return RowFactory.create(
        first.getAs("model"),
        first.getAs("model_sha256"),
        first.getAs("layer"),
        first.getAs("method"),
        ofClass ? first.getAs("target") : null,
        ofClass ? first.getAs("target_index") : null,
        kind.text(),
        moments.increase().count(),
        mean(moments.averageDrop()),
        mean(moments.increase()),
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
}
