package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.camatlas.atlas.FisherTest;
import io.camatlas.atlas.Wilson;
import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Group;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code error_slices}: images of a class that are near one another in the space of mean
 * activations, and that are predicted right less often than the class's other images.
 *
 * <p>Regions are found without a look at predictions. {@code class} is the label's; {@code n} are
 * the region's images, and {@code accuracy} the share of them that is predicted right, with
 * Wilson's 95 % interval {@code low} to {@code high}; {@code rest_n} and {@code rest_accuracy} are
 * about the class's other images. {@code p} is Fisher's, and {@code q} is p corrected for all
 * regions of the layer, also those that are not listed (Benjamini and Hochberg 1995); it is at most
 * 0.05. {@code often} and {@code typical} are as in {@link StrategiesTable}.
 */
public final class ErrorSlicesTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 2;

  /** Name of the table. */
  public static final String NAME = "error_slices";

  public static final String SLICE = "slice";
  public static final String ACCURACY = AtlasTable.ACCURACY;
  public static final String REST_N = SlicesTable.REST_N;
  public static final String REST_ACCURACY = StrategiesTable.REST_ACCURACY;
  public static final String P = Corrected.P;
  public static final String Q = Corrected.Q;

  /** The columns of a region, without {@link #Q}. */
  public static final StructType REGION =
      AtlasTable.columns()
          .add(AtlasTable.CLASS, StringType, false)
          .add(AtlasTable.CLASS_INDEX, IntegerType, false)
          .add(SLICE, IntegerType, false)
          .add(AtlasTable.N, LongType, false)
          .add(ACCURACY, DoubleType, false)
          .add(SlicesTable.LOW, DoubleType, false)
          .add(SlicesTable.HIGH, DoubleType, false)
          .add(REST_N, LongType, false)
          .add(REST_ACCURACY, DoubleType, false)
          .add(P, DoubleType, false)
          .add(StrategiesTable.OFTEN, createArrayType(StrategiesTable.OFTEN_TYPE, false), false)
          .add(
              StrategiesTable.TYPICAL, createArrayType(StrategiesTable.TYPICAL_TYPE, false), false);

  /** The columns, in order. */
  public static final StructType SCHEMA = REGION.add(Q, DoubleType, false);

  private ErrorSlicesTable() {}

  /** The row of a region that is not the whole class; q is not known yet. */
  public static Row toRow(StrategiesTable.Place place, Group group) {
    Group.Counts own = group.own();
    Group.Counts rest = group.rest();
    return StrategiesTable.begun(REGION, place)
        .with(SLICE, group.number())
        .with(AtlasTable.N, own.images())
        .with(ACCURACY, own.accuracy())
        .with(SlicesTable.LOW, Wilson.low(own.accuracy(), own.labelled()))
        .with(SlicesTable.HIGH, Wilson.high(own.accuracy(), own.labelled()))
        .with(REST_N, rest.images())
        .with(REST_ACCURACY, rest.accuracy())
        .with(P, FisherTest.p(own.right(), own.labelled(), rest.right(), rest.labelled()))
        .with(StrategiesTable.OFTEN, StrategiesTable.often(group))
        .with(StrategiesTable.TYPICAL, StrategiesTable.typical(group))
        .row();
  }

  /** A region, as the table tells it. */
  public static ErrorSlice fromRow(Row row) {
    return new ErrorSlice(
        StrategiesTable.name(row),
        Cells.index(row, SLICE),
        Cells.count(row, AtlasTable.N),
        Cells.number(row, ACCURACY),
        Cells.number(row, SlicesTable.LOW),
        Cells.number(row, SlicesTable.HIGH),
        Cells.count(row, REST_N),
        Cells.number(row, REST_ACCURACY),
        Cells.number(row, Q),
        StrategiesTable.oftenOf(row),
        StrategiesTable.typicalOf(row));
  }
}
