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

/** The table {@code confusions}: where the network looked when it mistook one class for another. */
public final class ConfusionsTable extends AtlasTable<ConfusionState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "confusions";

  public static final String LABEL = ExplanationsTable.LABEL;
  public static final String LABEL_INDEX = ExplanationsTable.LABEL_INDEX;
  public static final String PREDICTED = ExplanationsTable.PREDICTED;
  public static final String PREDICTED_INDEX = ExplanationsTable.PREDICTED_INDEX;
  public static final String PREDICTED_MAPS = "predicted_maps";
  public static final String PREDICTED_MEAN_MAP = "predicted_mean_map";
  public static final String LABEL_MAPS = "label_maps";
  public static final String LABEL_MEAN_MAP = "label_mean_map";
  public static final String COMPARED = "compared";
  public static final String OVERLAP = "overlap";
  public static final String CORRELATION = "correlation";
  public static final String PEAK_DISTANCE = "peak_distance";

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(LABEL, StringType, false)
          .add(LABEL_INDEX, IntegerType, false)
          .add(PREDICTED, StringType, false)
          .add(PREDICTED_INDEX, IntegerType, false)
          .add(N, LongType, false)
          .add(CONFIDENCE, DoubleType, true)
          .add(MAP_HEIGHT, IntegerType, false)
          .add(MAP_WIDTH, IntegerType, false)
          .add(PREDICTED_MAPS, LongType, false)
          .add(PREDICTED_MEAN_MAP, createArrayType(DoubleType, false), true)
          .add(LABEL_MAPS, LongType, false)
          .add(LABEL_MEAN_MAP, createArrayType(DoubleType, false), true)
          .add(COMPARED, LongType, false)
          .add(OVERLAP, DoubleType, true)
          .add(CORRELATION, DoubleType, true)
          .add(PEAK_DISTANCE, DoubleType, true);

  ConfusionsTable() {
    super(NAME, 1, SCHEMA);
  }

  @Override
  public StateKind<ConfusionState> kind() {
    return StateKind.CONFUSION;
  }

  @Override
  public void read(ConfusionState state, Place place, Consumer<Row> rows) {
    rows.accept(
        row(place)
            .with(LABEL, state.label().name())
            .with(LABEL_INDEX, state.label().index())
            .with(PREDICTED, state.predicted().name())
            .with(PREDICTED_INDEX, state.predicted().index())
            .with(N, state.images())
            .with(CONFIDENCE, state.confidence().meanOrNaN())
            .with(MAP_HEIGHT, state.height())
            .with(MAP_WIDTH, state.width())
            .with(PREDICTED_MAPS, state.predictedMaps().count())
            .with(PREDICTED_MEAN_MAP, AtlasTable.definedAll(state.predictedMaps().means()))
            .with(LABEL_MAPS, state.labelMaps().count())
            .with(LABEL_MEAN_MAP, AtlasTable.definedAll(state.labelMaps().means()))
            .with(COMPARED, state.overlap().count())
            .with(OVERLAP, state.overlap().meanOrNaN())
            .with(CORRELATION, state.correlation().meanOrNaN())
            .with(PEAK_DISTANCE, state.peakDistance().meanOrNaN())
            .row());
  }

  public static Pair fromRow(Row row) {
    return new Pair(row);
  }

  /**
   * A class, and another class that it was mistaken for.
   *
   * @param row a row of the table; it may have only the columns that are asked for
   */
  public record Pair(Row row) {
    public String label() {
      return Cells.text(row, LABEL);
    }

    public int labelIndex() {
      return Cells.index(row, LABEL_INDEX);
    }

    public String predicted() {
      return Cells.text(row, PREDICTED);
    }

    public int predictedIndex() {
      return Cells.index(row, PREDICTED_INDEX);
    }

    public long n() {
      return Cells.count(row, N);
    }

    public double confidence() {
      return Cells.number(row, CONFIDENCE);
    }

    /** Overlap of the maps for the two classes, 0 to 1; NaN if none could be compared. */
    public double overlap() {
      return Cells.number(row, OVERLAP);
    }
  }
}
