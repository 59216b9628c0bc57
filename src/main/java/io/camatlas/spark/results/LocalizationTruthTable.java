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
 * The table {@code localization_truth}: how well maps agree with annotated objects, for each class
 * and for all classes (class is null).
 */
public final class LocalizationTruthTable extends AtlasTable<ClassTruthState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "localization_truth";

  public static final String IMAGES_CROPPED_OUT = "images_cropped_out";
  public static final String OBJECTS_CROPPED_OUT = "objects_cropped_out";
  public static final String POINTING = "pointing";
  public static final String POINTING_CENTRE = "pointing_centre";
  public static final String POINTING_MACRO = "pointing_macro";
  public static final String POINTING_CENTRE_MACRO = "pointing_centre_macro";
  public static final String ENERGY = "energy";
  public static final String ENERGY_UNIFORM = "energy_uniform";
  public static final String MAX_BOX_ACC = "max_box_acc";
  public static final String MAX_BOX_ACC_THRESHOLD = "max_box_acc_threshold";
  public static final String MAX_BOX_ACC_V2 = "max_box_acc_v2";
  public static final String MAX_BOX_ACC_V2_30 = "max_box_acc_v2_30";
  public static final String MAX_BOX_ACC_V2_50 = "max_box_acc_v2_50";
  public static final String MAX_BOX_ACC_V2_70 = "max_box_acc_v2_70";
  public static final String PXAP = "pxap";

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(CLASS, StringType, true)
          .add(CLASS_INDEX, IntegerType, true)
          .add(N, LongType, false)
          .add(EMPTY, LongType, false)
          .add(IMAGES_CROPPED_OUT, LongType, false)
          .add(OBJECTS_CROPPED_OUT, LongType, false)
          .add(POINTING, DoubleType, true)
          .add(POINTING_CENTRE, DoubleType, true)
          .add(POINTING_MACRO, DoubleType, true)
          .add(POINTING_CENTRE_MACRO, DoubleType, true)
          .add(ENERGY, DoubleType, true)
          .add(ENERGY_UNIFORM, DoubleType, true)
          .add(MAX_BOX_ACC, DoubleType, true)
          .add(MAX_BOX_ACC_THRESHOLD, DoubleType, true)
          .add(MAX_BOX_ACC_V2, DoubleType, true)
          .add(MAX_BOX_ACC_V2_30, DoubleType, true)
          .add(MAX_BOX_ACC_V2_50, DoubleType, true)
          .add(MAX_BOX_ACC_V2_70, DoubleType, true)
          .add(PXAP, DoubleType, true);

  private final boolean all;

  /** One part of the table: the rows of single classes, or those over all classes. */
  LocalizationTruthTable(boolean all) {
    super(NAME, 2, SCHEMA);
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
        row(place)
            .with(CLASS, state.name().map(ClassName::name).orElse(null))
            .with(CLASS_INDEX, state.name().map(ClassName::index).orElse(null))
            .with(N, truth.images())
            .with(EMPTY, truth.blank())
            .with(IMAGES_CROPPED_OUT, truth.withoutVisibleObject())
            .with(OBJECTS_CROPPED_OUT, truth.croppedOutObjects())
            .with(POINTING, truth.pointingAccuracy())
            .with(POINTING_CENTRE, truth.pointingCentre())
            .with(POINTING_MACRO, state.pointingMacro())
            .with(POINTING_CENTRE_MACRO, state.pointingCentreMacro())
            .with(ENERGY, truth.energy().meanOrNaN())
            .with(ENERGY_UNIFORM, truth.coverage().meanOrNaN())
            .with(MAX_BOX_ACC, truth.maxBoxAcc().accuracy())
            .with(MAX_BOX_ACC_THRESHOLD, truth.maxBoxAcc().threshold())
            .with(MAX_BOX_ACC_V2, truth.maxBoxAccV2())
            .with(MAX_BOX_ACC_V2_30, truth.maxBoxAccV2At30().accuracy())
            .with(MAX_BOX_ACC_V2_50, truth.maxBoxAccV2At50().accuracy())
            .with(MAX_BOX_ACC_V2_70, truth.maxBoxAccV2At70().accuracy())
            .with(PXAP, truth.pxap())
            .row());
  }

  public static Agreement fromRow(Row row) {
    return new Agreement(row);
  }

  /** How well maps agree with annotated objects; numbers are NaN if nothing is known. */
  public record Agreement(Row row) {
    /** Index of the class; -1 for all classes. */
    public int classIndex() {
      return Cells.index(row, CLASS_INDEX);
    }

    public long n() {
      return Cells.count(row, N);
    }

    /** Share of images whose map's peak lies on an object. */
    public double pointing() {
      return Cells.number(row, POINTING);
    }

    /** Share of images whose centre lies on an object. */
    public double pointingCentre() {
      return Cells.number(row, POINTING_CENTRE);
    }

    /** Mean of {@link #pointing} over classes. */
    public double pointingMacro() {
      return Cells.number(row, POINTING_MACRO);
    }

    public double pointingCentreMacro() {
      return Cells.number(row, POINTING_CENTRE_MACRO);
    }

    /** Mean share of the map that lies on objects. */
    public double energy() {
      return Cells.number(row, ENERGY);
    }

    /** The same for a uniform map. */
    public double energyUniform() {
      return Cells.number(row, ENERGY_UNIFORM);
    }

    public double maxBoxAcc() {
      return Cells.number(row, MAX_BOX_ACC);
    }
  }
}
