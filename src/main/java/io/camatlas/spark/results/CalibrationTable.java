package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.CalibrationState;
import io.camatlas.atlas.LayerState;
import io.camatlas.atlas.StateKind;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code calibration}: accuracy against confidence, by confidence and by how the network
 * looked.
 */
final class CalibrationTable extends AtlasTable<LayerState> {
  private static final long serialVersionUID = 1L;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add("by", StringType, false)
          .add("bin", IntegerType, false)
          .add("low", DoubleType, false)
          .add("high", DoubleType, false)
          .add("n", LongType, false)
          .add("accuracy", DoubleType, true)
          .add("confidence", DoubleType, true)
          .add("ece", DoubleType, true);

  CalibrationTable() {
    super("calibration", 1, SCHEMA);
  }

  @Override
  public StateKind<LayerState> kind() {
    return StateKind.LAYER;
  }

  @Override
  public void read(LayerState state, Place place, Consumer<Row> rows) {
    for (CalibrationState.Group group :
        state.calibration().groups(state.height() * state.width())) {
      rows.accept(
          AtlasTable.row(
              place,
              group.by(),
              group.bin(),
              group.low(),
              group.high(),
              group.images(),
              group.accuracy(),
              group.confidence(),
              group.calibrationError()));
    }
  }
}
