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
 * The table {@code calibration}: accuracy against confidence, grouped by confidence and by
 * properties of the maps.
 */
public final class CalibrationTable extends AtlasTable<LayerState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "calibration";

  public static final String BIN = "bin";
  public static final String LOW = "low";
  public static final String HIGH = "high";
  public static final String ECE = "ece";

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(BY, StringType, false)
          .add(BIN, IntegerType, false)
          .add(LOW, DoubleType, false)
          .add(HIGH, DoubleType, false)
          .add(N, LongType, false)
          .add(ACCURACY, DoubleType, true)
          .add(CONFIDENCE, DoubleType, true)
          .add(ECE, DoubleType, true);

  CalibrationTable() {
    super(NAME, 1, SCHEMA);
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
          row(place)
              .with(BY, group.by())
              .with(BIN, group.bin())
              .with(LOW, group.low())
              .with(HIGH, group.high())
              .with(N, group.images())
              .with(ACCURACY, group.accuracy())
              .with(CONFIDENCE, group.confidence())
              .with(ECE, group.calibrationError())
              .row());
    }
  }

  public static Bin fromRow(Row row) {
    return new Bin(row);
  }

  /**
   * Labelled images with similar confidence or similar maps; numbers are NaN if there are no such
   * images.
   */
  public record Bin(Row row) {
    /** What images are grouped by; {@link CalibrationState#ALL} for all images together. */
    public String by() {
      return Cells.text(row, BY);
    }

    public double low() {
      return Cells.number(row, LOW);
    }

    public double high() {
      return Cells.number(row, HIGH);
    }

    public long n() {
      return Cells.count(row, N);
    }

    public double accuracy() {
      return Cells.number(row, ACCURACY);
    }

    public double confidence() {
      return Cells.number(row, CONFIDENCE);
    }

    /** Expected calibration error. */
    public double ece() {
      return Cells.number(row, ECE);
    }
  }
}
