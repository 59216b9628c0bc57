package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;

import io.camatlas.explain.Explanation;
import io.camatlas.image.Box;
import io.camatlas.localize.Localization;
import io.camatlas.spark.input.ImagesTable;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * The measurements of one map: the column {@code localization} of {@link ExplanationsTable}.
 *
 * @param row of {@link #TYPE}
 */
public record LocalizationStruct(Row row) {
  /** Name of the column. */
  public static final String COLUMN = "localization";

  public static final String EMPTY = "empty";
  public static final String PEAK_ROW = "peak_row";
  public static final String PEAK_COLUMN = "peak_column";
  public static final String PEAK_VALUE = "peak_value";
  public static final String PEAK_X = "peak_x";
  public static final String PEAK_Y = "peak_y";
  public static final String CENTRE_X = "centre_x";
  public static final String CENTRE_Y = "centre_y";
  public static final String SPREAD = "spread";
  public static final String ENTROPY_NATS = "entropy_nats";
  public static final String GINI = "gini";
  public static final String AREA_20 = "area_20";
  public static final String AREA_50 = "area_50";
  public static final String PARTS_50 = "parts_50";
  public static final String LARGEST_PART = "largest_part";
  public static final String ALL_PARTS = "all_parts";
  public static final String BORDER_MASS = "border_mass";
  public static final String CORNER_MASS = "corner_mass";
  public static final String CENTRE_MASS = "centre_mass";
  public static final String SAMPLE_AGREEMENT = "sample_agreement";

  /** The fields, in order. */
  public static final StructType TYPE =
      new StructType()
          .add(EMPTY, BooleanType, false)
          .add(PEAK_ROW, IntegerType, true)
          .add(PEAK_COLUMN, IntegerType, true)
          .add(PEAK_VALUE, FloatType, false)
          .add(PEAK_X, DoubleType, true)
          .add(PEAK_Y, DoubleType, true)
          .add(CENTRE_X, DoubleType, true)
          .add(CENTRE_Y, DoubleType, true)
          .add(SPREAD, DoubleType, true)
          .add(ENTROPY_NATS, DoubleType, true)
          .add(GINI, DoubleType, true)
          .add(AREA_20, DoubleType, true)
          .add(AREA_50, DoubleType, true)
          .add(PARTS_50, IntegerType, false)
          .add(LARGEST_PART, ImagesTable.BOX_TYPE, true)
          .add(ALL_PARTS, ImagesTable.BOX_TYPE, true)
          .add(BORDER_MASS, DoubleType, true)
          .add(CORNER_MASS, DoubleType, true)
          .add(CENTRE_MASS, DoubleType, true)
          .add(SAMPLE_AGREEMENT, DoubleType, true);

  /** One of the fields, as a column of {@link ExplanationsTable}. */
  public static Column field(String name) {
    return functions.col(COLUMN).getField(name);
  }

  /** A row of {@link #TYPE}; values that are undefined on a blank map are null. */
  static Row toRow(Explanation explanation) {
    Localization map = explanation.localization();
    Explanation.InOriginal original = explanation.original();
    return RowFactory.create(
        map.empty(),
        map.empty() ? null : map.peak().row(),
        map.empty() ? null : map.peak().column(),
        (float) map.peak().value(),
        defined(original.peakX()),
        defined(original.peakY()),
        defined(map.mass().centreX()),
        defined(map.mass().centreY()),
        defined(map.mass().spread()),
        defined(map.mass().entropyNats()),
        defined(map.mass().gini()),
        defined(map.area().from20()),
        defined(map.area().from50()),
        map.area().parts50(),
        original.largestPart().map(ImagesTable::boxRow).orElse(null),
        original.allParts().map(ImagesTable::boxRow).orElse(null),
        defined(map.mass().border()),
        defined(map.mass().corners()),
        defined(map.mass().middle()),
        explanation.sampleAgreement().isPresent()
            ? explanation.sampleAgreement().getAsDouble()
            : null);
  }

  private static Double defined(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** Whether the map has a peak; a blank map has none. */
  public boolean hasPeak() {
    return !row.isNullAt(row.fieldIndex(PEAK_X));
  }

  /** The peak in pixels of the original image; call only if {@link #hasPeak}. */
  public double peakX() {
    return row.getAs(PEAK_X);
  }

  public double peakY() {
    return row.getAs(PEAK_Y);
  }

  /** The map's maximum, not normalised. */
  public double peakValue() {
    return Cells.number(row, PEAK_VALUE);
  }

  /** NaN on a blank map, like the measurements that follow. */
  public double entropyNats() {
    return Cells.number(row, ENTROPY_NATS);
  }

  public double spread() {
    return Cells.number(row, SPREAD);
  }

  public double gini() {
    return Cells.number(row, GINI);
  }

  /** Share of the cells that are above half of the peak value. */
  public double area50() {
    return Cells.number(row, AREA_50);
  }

  public double borderMass() {
    return Cells.number(row, BORDER_MASS);
  }

  public double cornerMass() {
    return Cells.number(row, CORNER_MASS);
  }

  public double centreMass() {
    return Cells.number(row, CENTRE_MASS);
  }

  /** How much the maps of noisy samples agree; NaN also if there were no samples. */
  public double sampleAgreement() {
    return Cells.number(row, SAMPLE_AGREEMENT);
  }

  /** The box around the largest part of the map above half of its peak value. */
  public Optional<Box> largestPart() {
    return Optional.<Row>ofNullable(row.getAs(LARGEST_PART)).map(ImagesTable::box);
  }
}
