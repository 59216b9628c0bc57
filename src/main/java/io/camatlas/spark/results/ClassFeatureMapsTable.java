package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ClassState;
import io.camatlas.atlas.FeatureMapState;
import io.camatlas.atlas.StateKind;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The table {@code class_feature_maps}: how much a class relies on each feature map. */
public final class ClassFeatureMapsTable extends AtlasTable<ClassState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "class_feature_maps";

  public static final String SHARE = "share";
  public static final String SHARE_VARIANCE = "share_variance";
  public static final String MEAN_ACTIVATION = "mean_activation";
  public static final String TOP5_IMAGES = "top5_images";
  public static final String TOP5_FRACTION = "top5_fraction";

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(CLASS, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(FEATURE_MAP, IntegerType, false)
          .add(N, LongType, false)
          .add(RANK, IntegerType, true)
          .add(SHARE, DoubleType, true)
          .add(SHARE_VARIANCE, DoubleType, true)
          .add(MEAN_ACTIVATION, DoubleType, true)
          .add(TOP5_IMAGES, LongType, false)
          .add(TOP5_FRACTION, DoubleType, true);

  ClassFeatureMapsTable() {
    super(NAME, 1, SCHEMA);
  }

  @Override
  public StateKind<ClassState> kind() {
    return StateKind.CLASS;
  }

  @Override
  public void read(ClassState state, Place place, Consumer<Row> rows) {
    if (place.hasFeatureMaps()) {
      state.featureMaps().ifPresent(own -> read(state, own, place, rows));
    }
  }

  private void read(ClassState state, FeatureMapState own, Place place, Consumer<Row> rows) {
    int[] ranking = own.ranking();
    long[] first = own.amongFirst();
    long n = own.activations().count();
    boolean ranked = own.shares().count() > 0;
    for (int rank = 0; rank < ranking.length; rank++) {
      int k = ranking[rank];
      rows.accept(
          row(place)
              .with(CLASS, state.name().name())
              .with(CLASS_INDEX, state.name().index())
              .with(FEATURE_MAP, k)
              .with(N, n)
              .with(RANK, ranked ? rank + 1 : null)
              .with(SHARE, own.shares().mean(k))
              .with(SHARE_VARIANCE, own.shares().variance(k))
              .with(MEAN_ACTIVATION, own.activations().mean(k))
              .with(TOP5_IMAGES, first[k])
              .with(TOP5_FRACTION, (double) first[k] / n)
              .row());
    }
  }

  public static Use fromRow(Row row) {
    return new Use(row);
  }

  /** How much a class relies on a feature map. */
  public record Use(Row row) {
    public String name() {
      return Cells.text(row, CLASS);
    }

    public int classIndex() {
      return Cells.index(row, CLASS_INDEX);
    }

    public int featureMap() {
      return Cells.index(row, FEATURE_MAP);
    }

    /** Rank among the class's feature maps, from 1; -1 if they are not ranked. */
    public int rank() {
      return Cells.index(row, RANK);
    }

    /** Mean share of the class's evidence; NaN if all its maps are blank. */
    public double share() {
      return Cells.number(row, SHARE);
    }

    /** Share of the class's images for which this feature map is among the five most relevant. */
    public double top5Fraction() {
      return Cells.number(row, TOP5_FRACTION);
    }
  }
}
