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

/** The table {@code class_feature_maps}: how much a class draws on each feature map. */
final class ClassFeatureMapsTable extends AtlasTable<ClassState> {
  private static final long serialVersionUID = 1L;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add("class", StringType, false)
          .add("class_index", IntegerType, false)
          .add("feature_map", IntegerType, false)
          .add("n", LongType, false)
          .add("rank", IntegerType, true)
          .add("share", DoubleType, true)
          .add("share_variance", DoubleType, true)
          .add("mean_activation", DoubleType, true)
          .add("top5_images", LongType, false)
          .add("top5_fraction", DoubleType, true);

  ClassFeatureMapsTable() {
    super("class_feature_maps", 1, SCHEMA);
  }

  @Override
  public StateKind<ClassState> kind() {
    return StateKind.CLASS;
  }

  @Override
  public void read(ClassState state, Place place, Consumer<Row> rows) {
    state.featureMaps().ifPresent(own -> read(state, own, place, rows));
  }

  private static void read(ClassState state, FeatureMapState own, Place place, Consumer<Row> rows) {
    int[] ranking = own.ranking();
    long[] first = own.amongFirst();
    long n = own.activations().count();
    boolean ranked = own.shares().count() > 0;
    for (int rank = 0; rank < ranking.length; rank++) {
      int k = ranking[rank];
      rows.accept(
          AtlasTable.row(
              place,
              state.name().name(),
              state.name().index(),
              k,
              n,
              ranked ? rank + 1 : null,
              own.shares().mean(k),
              own.shares().variance(k),
              own.activations().mean(k),
              first[k],
              (double) first[k] / n));
    }
  }
}
