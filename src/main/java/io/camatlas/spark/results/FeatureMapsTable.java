package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ActivationState;
import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.LayerState;
import io.camatlas.atlas.Quantiles;
import io.camatlas.atlas.StateKind;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The table {@code feature_maps}: how each feature map responds, over all classes. */
final class FeatureMapsTable extends AtlasTable<LayerState> {
  private static final long serialVersionUID = 1L;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add("feature_map", IntegerType, false)
          .add("n", LongType, false)
          .add("mean", DoubleType, true)
          .add("variance", DoubleType, true)
          .add("p10", DoubleType, true)
          .add("p50", DoubleType, true)
          .add("p90", DoubleType, true)
          .add("dead_fraction", DoubleType, true)
          .add("selectivity", DoubleType, true)
          .add("top_class", StringType, true)
          .add("top_class_index", IntegerType, true)
          .add("serves", IntegerType, false);

  FeatureMapsTable() {
    super("feature_maps", 1, SCHEMA);
  }

  @Override
  public StateKind<LayerState> kind() {
    return StateKind.LAYER;
  }

  @Override
  public void read(LayerState state, Place place, Consumer<Row> rows) {
    ActivationState own = state.activations();
    for (int k = 0; k < state.maps(); k++) {
      Quantiles quantiles = own.quantiles(k);
      Optional<ClassName> top = place.classes().topClass(k);
      rows.accept(
          AtlasTable.row(
              place,
              k,
              own.activations().count(),
              own.activations().mean(k),
              own.activations().variance(k),
              quantiles.at(0.1),
              quantiles.at(0.5),
              quantiles.at(0.9),
              own.deadFraction(k),
              place.classes().selectivity(k),
              top.map(ClassName::name).orElse(null),
              top.map(ClassName::index).orElse(null),
              place.classes().serves(k)));
    }
  }
}
