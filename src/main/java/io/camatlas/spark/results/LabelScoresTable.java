package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.atlas.CalibrationState;
import io.camatlas.atlas.LabelState;
import io.camatlas.atlas.StateKind;
import io.camatlas.atlas.Wilson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code label_scores}: how well the network says of each label whether images have it,
 * where an image may have several. It has no rows for other networks.
 */
public final class LabelScoresTable extends AtlasTable<LabelState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "label_scores";

  /** Images with the label, without it, and of which that is not known. */
  public static final String LABELLED = ClassAttentionTable.LABELLED;

  public static final String WITHOUT = "without";
  public static final String UNKNOWN = "unknown";

  /** Images of which the network says that they have the label; of these, those that have it. */
  public static final String SAID = "said";

  public static final String FOUND = "found";
  public static final String SENSITIVITY = "sensitivity";
  public static final String SENSITIVITY_LOW = "sensitivity_low";
  public static final String SENSITIVITY_HIGH = "sensitivity_high";
  public static final String SPECIFICITY = "specificity";
  public static final String SPECIFICITY_LOW = "specificity_low";
  public static final String SPECIFICITY_HIGH = "specificity_high";
  public static final String AUROC = "auroc";
  public static final String AUROC_LOW = "auroc_low";
  public static final String AUROC_HIGH = "auroc_high";
  public static final String PROBABILITY = FaithfulnessImagesTable.PROBABILITY;
  public static final String CALIBRATION = "calibration";
  public static final String SHARE = ClassFeatureMapsTable.SHARE;

  private static final ArrayType BINS =
      createArrayType(
          new StructType()
              .add(CalibrationTable.LOW, DoubleType, false)
              .add(CalibrationTable.HIGH, DoubleType, false)
              .add(N, LongType, false)
              .add(SHARE, DoubleType, true)
              .add(PROBABILITY, DoubleType, true),
          false);

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(CLASS, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(LABELLED, LongType, false)
          .add(WITHOUT, LongType, false)
          .add(UNKNOWN, LongType, false)
          .add(SAID, LongType, false)
          .add(FOUND, LongType, false)
          .add(SENSITIVITY, DoubleType, true)
          .add(SENSITIVITY_LOW, DoubleType, true)
          .add(SENSITIVITY_HIGH, DoubleType, true)
          .add(SPECIFICITY, DoubleType, true)
          .add(SPECIFICITY_LOW, DoubleType, true)
          .add(SPECIFICITY_HIGH, DoubleType, true)
          .add(AUROC, DoubleType, true)
          .add(AUROC_LOW, DoubleType, true)
          .add(AUROC_HIGH, DoubleType, true)
          .add(PROBABILITY, DoubleType, true)
          .add(CalibrationTable.ECE, DoubleType, true)
          .add(CALIBRATION, BINS, false);

  LabelScoresTable() {
    super(NAME, 1, SCHEMA);
  }

  @Override
  public StateKind<LabelState> kind() {
    return LabelState.KIND;
  }

  @Override
  public void read(LabelState state, Place place, Consumer<Row> rows) {
    LabelState.Auroc auroc = state.auroc();
    rows.accept(
        row(place)
            .with(CLASS, state.name().name())
            .with(CLASS_INDEX, state.name().index())
            .with(LABELLED, state.present())
            .with(WITHOUT, state.absent())
            .with(UNKNOWN, state.unknown())
            .with(SAID, state.found() + state.added())
            .with(FOUND, state.found())
            .with(SENSITIVITY, state.sensitivity())
            .with(SENSITIVITY_LOW, low(state.sensitivity(), state.present()))
            .with(SENSITIVITY_HIGH, high(state.sensitivity(), state.present()))
            .with(SPECIFICITY, state.specificity())
            .with(SPECIFICITY_LOW, low(state.specificity(), state.absent()))
            .with(SPECIFICITY_HIGH, high(state.specificity(), state.absent()))
            .with(AUROC, auroc.value())
            .with(AUROC_LOW, auroc.low())
            .with(AUROC_HIGH, auroc.high())
            .with(PROBABILITY, state.meanProbability())
            .with(CalibrationTable.ECE, state.calibrationError())
            .with(CALIBRATION, bins(state))
            .row());
  }

  private static double low(double share, long n) {
    return n == 0 ? Double.NaN : Wilson.low(share, n);
  }

  private static double high(double share, long n) {
    return n == 0 ? Double.NaN : Wilson.high(share, n);
  }

  private static Row[] bins(LabelState state) {
    List<Row> bins = new ArrayList<>();
    for (int i = 0; i < CalibrationState.CONFIDENCE_BINS; i++) {
      LabelState.Bin bin = state.bin(i);
      bins.add(
          RowFactory.create(
              bin.low(),
              bin.high(),
              bin.images(),
              bin.images() == 0 ? null : bin.share(),
              bin.images() == 0 ? null : bin.probability()));
    }
    return bins.toArray(new Row[0]);
  }

  public static Scores fromRow(Row row) {
    return new Scores(row);
  }

  /** A label; numbers are NaN where they are not defined. */
  public record Scores(Row row) {
    public int classIndex() {
      return Cells.index(row, CLASS_INDEX);
    }

    public long labelled() {
      return Cells.count(row, LABELLED);
    }

    public long without() {
      return Cells.count(row, WITHOUT);
    }

    public long unknown() {
      return Cells.count(row, UNKNOWN);
    }

    public long said() {
      return Cells.count(row, SAID);
    }

    public long found() {
      return Cells.count(row, FOUND);
    }

    /** A number of the row. */
    public double number(String column) {
      return Cells.number(row, column);
    }

    /** Images with similar probabilities, lowest first. */
    public List<LabelState.Bin> bins() {
      List<Row> bins = row.getList(row.fieldIndex(CALIBRATION));
      return bins.stream()
          .map(
              bin ->
                  new LabelState.Bin(
                      Cells.number(bin, CalibrationTable.LOW),
                      Cells.number(bin, CalibrationTable.HIGH),
                      Cells.count(bin, N),
                      Cells.number(bin, SHARE),
                      Cells.number(bin, PROBABILITY)))
          .toList();
    }
  }
}
