package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;

import io.camatlas.atlas.Measure;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Mean and three quantiles of a measurement of maps, as several columns of {@link
 * ClassAttentionTable} hold them. Without any map they are null, which is read as NaN.
 *
 * @param row of {@link #TYPE}
 */
public record MeasureStruct(Row row) {
  public static final String MEAN = "mean";
  public static final String P10 = "p10";
  public static final String P50 = "p50";
  public static final String P90 = "p90";

  /** The fields, in order. */
  public static final StructType TYPE =
      new StructType()
          .add(MEAN, DoubleType, true)
          .add(P10, DoubleType, true)
          .add(P50, DoubleType, true)
          .add(P90, DoubleType, true);

  static Row toRow(Measure measure) {
    return new RowDraft(TYPE)
        .with(MEAN, measure.moments().meanOrNaN())
        .with(P10, measure.quantiles().at(0.1))
        .with(P50, measure.quantiles().at(0.5))
        .with(P90, measure.quantiles().at(0.9))
        .row();
  }

  public double mean() {
    return Cells.number(row, MEAN);
  }

  public double p10() {
    return Cells.number(row, P10);
  }

  public double p50() {
    return Cells.number(row, P50);
  }

  public double p90() {
    return Cells.number(row, P90);
  }
}
