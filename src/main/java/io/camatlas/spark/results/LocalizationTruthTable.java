package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.StateKind;
import io.camatlas.truth.ClassTruthState;
import io.camatlas.truth.TruthState;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code localization_truth}: how well maps agree with annotated objects, of each class,
 * and of all (class is null).
 */
final class LocalizationTruthTable extends AtlasTable<ClassTruthState> {
  private static final long serialVersionUID = 1L;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add("class", StringType, true)
          .add("class_index", IntegerType, true)
          .add("n", LongType, false)
          .add("empty", LongType, false)
          .add("images_cropped_out", LongType, false)
          .add("objects_cropped_out", LongType, false)
          .add("pointing", DoubleType, true)
          .add("pointing_centre", DoubleType, true)
          .add("pointing_macro", DoubleType, true)
          .add("pointing_centre_macro", DoubleType, true)
          .add("energy", DoubleType, true)
          .add("energy_uniform", DoubleType, true)
          .add("max_box_acc", DoubleType, true)
          .add("max_box_acc_threshold", DoubleType, true)
          .add("max_box_acc_v2", DoubleType, true)
          .add("max_box_acc_v2_30", DoubleType, true)
          .add("max_box_acc_v2_50", DoubleType, true)
          .add("max_box_acc_v2_70", DoubleType, true)
          .add("pxap", DoubleType, true);

  private final boolean all;

  /** The rows of classes, or those of all classes; two parts of one table. */
  LocalizationTruthTable(boolean all) {
    super("localization_truth", 1, SCHEMA);
    this.all = all;
  }

  @Override
  public StateKind<ClassTruthState> kind() {
    return all ? ClassTruthState.ALL : ClassTruthState.KIND;
  }

  @Override
  public void read(ClassTruthState state, Place place, Consumer<Row> rows) {
    TruthState truth = state.truth();
    rows.accept(
        AtlasTable.row(
            place,
            state.name().map(ClassName::name).orElse(null),
            state.name().map(ClassName::index).orElse(null),
            truth.images(),
            truth.blank(),
            truth.withoutVisibleObject(),
            truth.croppedOutObjects(),
            truth.pointingAccuracy(),
            truth.pointingCentre(),
            state.pointingMacro(),
            state.pointingCentreMacro(),
            truth.energy().meanOrNaN(),
            truth.coverage().meanOrNaN(),
            truth.maxBoxAcc().accuracy(),
            truth.maxBoxAcc().threshold(),
            truth.maxBoxAccV2(),
            truth.maxBoxAccV2At30().accuracy(),
            truth.maxBoxAccV2At50().accuracy(),
            truth.maxBoxAccV2At70().accuracy(),
            truth.pxap()));
  }
}
