package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.atlas.ConfusionState;
import io.camatlas.atlas.StateKind;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The table {@code confusions}: where the network looked when it took one class for another. */
final class ConfusionsTable extends AtlasTable<ConfusionState> {
  private static final long serialVersionUID = 1L;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add("label", StringType, false)
          .add("label_index", IntegerType, false)
          .add("predicted", StringType, false)
          .add("predicted_index", IntegerType, false)
          .add("n", LongType, false)
          .add("confidence", DoubleType, true)
          .add("map_height", IntegerType, false)
          .add("map_width", IntegerType, false)
          .add("predicted_maps", LongType, false)
          .add("predicted_mean_map", createArrayType(DoubleType, false), true)
          .add("label_maps", LongType, false)
          .add("label_mean_map", createArrayType(DoubleType, false), true)
          .add("compared", LongType, false)
          .add("overlap", DoubleType, true)
          .add("correlation", DoubleType, true)
          .add("peak_distance", DoubleType, true);

  ConfusionsTable() {
    super("confusions", 1, SCHEMA);
  }

  @Override
  public StateKind<ConfusionState> kind() {
    return StateKind.CONFUSION;
  }

  @Override
  public void read(ConfusionState state, Place place, Consumer<Row> rows) {
    rows.accept(
        AtlasTable.row(
            place,
            state.label().name(),
            state.label().index(),
            state.predicted().name(),
            state.predicted().index(),
            state.images(),
            state.confidence().meanOrNaN(),
            state.height(),
            state.width(),
            state.predictedMaps().count(),
            AtlasTable.definedAll(state.predictedMaps().means()),
            state.labelMaps().count(),
            AtlasTable.definedAll(state.labelMaps().means()),
            state.overlap().count(),
            state.overlap().meanOrNaN(),
            state.correlation().meanOrNaN(),
            state.peakDistance().meanOrNaN()));
  }
}
