package io.camatlas.spark.results;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ActivationState;
import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.LayerState;
import io.camatlas.atlas.Quantiles;
import io.camatlas.atlas.StateKind;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The table {@code feature_maps}: how each feature map responds, over all classes. */
public final class FeatureMapsTable extends AtlasTable<LayerState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "feature_maps";

  public static final String MEAN = MeasureStruct.MEAN;
  public static final String VARIANCE = "variance";
  public static final String P10 = MeasureStruct.P10;
  public static final String P50 = MeasureStruct.P50;
  public static final String P90 = MeasureStruct.P90;
  public static final String DEAD_FRACTION = "dead_fraction";
  public static final String SELECTIVITY = "selectivity";
  public static final String TOP_CLASS = "top_class";
  public static final String TOP_CLASS_INDEX = "top_class_index";
  public static final String SERVES = "serves";

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(FEATURE_MAP, IntegerType, false)
          .add(N, LongType, false)
          .add(MEAN, DoubleType, true)
          .add(VARIANCE, DoubleType, true)
          .add(P10, DoubleType, true)
          .add(P50, DoubleType, true)
          .add(P90, DoubleType, true)
          .add(DEAD_FRACTION, DoubleType, true)
          .add(SELECTIVITY, DoubleType, true)
          .add(TOP_CLASS, StringType, true)
          .add(TOP_CLASS_INDEX, IntegerType, true)
          .add(SERVES, IntegerType, false);

  FeatureMapsTable() {
    super(NAME, 1, SCHEMA);
  }

  @Override
  public StateKind<LayerState> kind() {
    return StateKind.LAYER;
  }

  @Override
  public void read(LayerState state, Place place, Consumer<Row> rows) {
    ActivationState own = state.activations();
    for (int k = 0; place.hasFeatureMaps() && k < state.maps(); k++) {
      Quantiles quantiles = own.quantiles(k);
      Optional<ClassName> top = place.classes().topClass(k);
      rows.accept(
          row(place)
              .with(FEATURE_MAP, k)
              .with(N, own.activations().count())
              .with(MEAN, own.activations().mean(k))
              .with(VARIANCE, own.activations().variance(k))
              .with(P10, quantiles.at(0.1))
              .with(P50, quantiles.at(0.5))
              .with(P90, quantiles.at(0.9))
              .with(DEAD_FRACTION, own.deadFraction(k))
              .with(SELECTIVITY, place.classes().selectivity(k))
              .with(TOP_CLASS, top.map(ClassName::name).orElse(null))
              .with(TOP_CLASS_INDEX, top.map(ClassName::index).orElse(null))
              .with(SERVES, place.classes().serves(k))
              .row());
    }
  }

  public static Response fromRow(Row row) {
    return new Response(row);
  }

  /** How a feature map responds; numbers are NaN if nothing is known. */
  public record Response(Row row) {
    public int featureMap() {
      return Cells.index(row, FEATURE_MAP);
    }

    public long n() {
      return Cells.count(row, N);
    }

    /** Mean of the activation's maximum over the map; the quantiles are of the same quantity. */
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

    public double deadFraction() {
      return Cells.number(row, DEAD_FRACTION);
    }

    public double selectivity() {
      return Cells.number(row, SELECTIVITY);
    }

    /** The class that it responds to most; empty if there is none. */
    public String topClass() {
      return Cells.text(row, TOP_CLASS);
    }

    /** Index of that class; -1 if there is none. */
    public int topClassIndex() {
      return Cells.index(row, TOP_CLASS_INDEX);
    }

    /** Number of classes that have it among their top feature maps. */
    public int serves() {
      return Cells.index(row, SERVES);
    }
  }
}
