package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ClassState;
import io.camatlas.atlas.Moments;
import io.camatlas.atlas.StateKind;
import io.camatlas.localize.Region;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code spatial_bias}: how much of a class's attention lies at the border, in the
 * corners and in the middle, against their area and against the whole dataset.
 */
final class SpatialBiasTable extends AtlasTable<ClassState> {
  private static final long serialVersionUID = 1L;

  /**
   * A region is flagged where even the lower end of the interval is above its area and this many
   * times the dataset's. With thousands of classes some intervals miss by chance, so the excess has
   * to matter too.
   */
  static final double FLAGGED_LIFT = 1.25;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add("class", StringType, false)
          .add("class_index", IntegerType, false)
          .add("region", StringType, false)
          .add("n", LongType, false)
          .add("mass", DoubleType, true)
          .add("ci_low", DoubleType, true)
          .add("ci_high", DoubleType, true)
          .add("area", DoubleType, false)
          .add("lift_area", DoubleType, true)
          .add("dataset_mass", DoubleType, true)
          .add("lift_dataset", DoubleType, true)
          .add("flag", BooleanType, false)
          .add("rank", IntegerType, true);

  SpatialBiasTable() {
    super("spatial_bias", 1, SCHEMA);
  }

  @Override
  public StateKind<ClassState> kind() {
    return StateKind.CLASS;
  }

  @Override
  public void read(ClassState state, Place place, Consumer<Row> rows) {
    state
        .attention()
        .ifPresent(
            attention -> {
              for (Region region : Region.values()) {
                Moments mass = attention.mass(region);
                if (mass.count() > 0) {
                  rows.accept(
                      row(place, state, region, mass, place.classes().masses().get(region)));
                }
              }
            });
  }

  private static Row row(
      Place place, ClassState state, Region region, Moments mass, double dataset) {
    double half = mass.halfWidth95();
    double low = Math.max(0, mass.mean() - half);
    boolean flagged = low > region.area() && low > FLAGGED_LIFT * dataset;
    return AtlasTable.row(
        place,
        state.name().name(),
        state.name().index(),
        region.name().toLowerCase(Locale.ROOT),
        mass.count(),
        mass.mean(),
        low,
        Math.min(1, mass.mean() + half),
        region.area(),
        mass.mean() / region.area(),
        dataset,
        dataset > 0 ? mass.mean() / dataset : Double.NaN,
        flagged,
        null);
  }

  /** Ranks by the lower end over the dataset's mass: large and sure before large or sure. */
  @Override
  public Dataset<Row> complete(Dataset<Row> rows) {
    return rows.withColumn(
        "rank",
        row_number()
            .over(
                Window.partitionBy("run", "layer")
                    .orderBy(
                        col("ci_low").divide(col("dataset_mass")).desc_nulls_last(),
                        col("mass").desc(),
                        col("class_index"),
                        col("region"))));
  }
}
