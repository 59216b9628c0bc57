package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ClassState;
import io.camatlas.atlas.FewImages;
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
 * corners and in the centre, compared with the area of each region and with the whole dataset.
 */
public final class SpatialBiasTable extends AtlasTable<ClassState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "spatial_bias";

  public static final String REGION = "region";
  public static final String MASS = "mass";
  public static final String CI_LOW = "ci_low";
  public static final String CI_HIGH = "ci_high";
  public static final String AREA = "area";
  public static final String LIFT_AREA = "lift_area";
  public static final String DATASET_MASS = "dataset_mass";
  public static final String LIFT_DATASET = "lift_dataset";
  public static final String FLAG = "flag";

  /**
   * A region is flagged if even the lower end of the interval is above its area and above this many
   * times the dataset's mass, and if there are maps enough ({@link FewImages}). With thousands of
   * classes some intervals miss by chance, so the excess must be large enough to matter.
   */
  static final double FLAGGED_LIFT = 1.25;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(CLASS, StringType, false)
          .add(CLASS_INDEX, IntegerType, false)
          .add(REGION, StringType, false)
          .add(N, LongType, false)
          .add(MASS, DoubleType, true)
          .add(CI_LOW, DoubleType, true)
          .add(CI_HIGH, DoubleType, true)
          .add(AREA, DoubleType, false)
          .add(LIFT_AREA, DoubleType, true)
          .add(DATASET_MASS, DoubleType, true)
          .add(LIFT_DATASET, DoubleType, true)
          .add(FLAG, BooleanType, false)
          .add(RANK, IntegerType, true);

  SpatialBiasTable() {
    super(NAME, 2, SCHEMA);
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

  private Row row(Place place, ClassState state, Region region, Moments mass, double dataset) {
    double half = mass.halfWidth95();
    double low = Math.max(0, mass.mean() - half);
    boolean flagged =
        mass.count() >= FewImages.LEAST && low > region.area() && low > FLAGGED_LIFT * dataset;
    return row(place)
        .with(CLASS, state.name().name())
        .with(CLASS_INDEX, state.name().index())
        .with(REGION, region.text())
        .with(N, mass.count())
        .with(MASS, mass.mean())
        .with(CI_LOW, low)
        .with(CI_HIGH, Math.min(1, mass.mean() + half))
        .with(AREA, region.area())
        .with(LIFT_AREA, mass.mean() / region.area())
        .with(DATASET_MASS, dataset)
        .with(LIFT_DATASET, dataset > 0 ? mass.mean() / dataset : Double.NaN)
        .with(FLAG, flagged)
        .row();
  }

  /**
   * Ranks by the lower end of the interval divided by the dataset's mass: an excess that is both
   * large and certain comes before one that is only large or only certain.
   */
  @Override
  public Dataset<Row> complete(Dataset<Row> rows) {
    return rows.withColumn(
        RANK,
        row_number()
            .over(
                Window.partitionBy(RUN, LAYER)
                    .orderBy(
                        col(CI_LOW).divide(col(DATASET_MASS)).desc_nulls_last(),
                        col(MASS).desc(),
                        col(CLASS_INDEX),
                        col(REGION))));
  }

  public static Bias fromRow(Row row) {
    return new Bias(row);
  }

  /** How much of a class's attention lies in a region; NaN if not known. */
  public record Bias(Row row) {
    public String run() {
      return Cells.text(row, RUN);
    }

    public String model() {
      return Cells.text(row, MODEL);
    }

    public String layer() {
      return Cells.text(row, LAYER);
    }

    public String method() {
      return Cells.text(row, METHOD);
    }

    public String name() {
      return Cells.text(row, CLASS);
    }

    public int classIndex() {
      return Cells.index(row, CLASS_INDEX);
    }

    public Region region() {
      return Region.valueOf(Cells.text(row, REGION).toUpperCase(Locale.ROOT));
    }

    /** Mean share of a map that lies in the region. */
    public double mass() {
      return Cells.number(row, MASS);
    }

    /** The 95 % confidence interval of the mean. */
    public double ciLow() {
      return Cells.number(row, CI_LOW);
    }

    public double ciHigh() {
      return Cells.number(row, CI_HIGH);
    }

    public double area() {
      return Cells.number(row, AREA);
    }

    /** The mass divided by the area. */
    public double liftArea() {
      return Cells.number(row, LIFT_AREA);
    }

    /** The mean mass of the whole dataset. */
    public double datasetMass() {
      return Cells.number(row, DATASET_MASS);
    }

    /** The mass divided by the dataset's. */
    public double liftDataset() {
      return Cells.number(row, LIFT_DATASET);
    }

    public boolean flag() {
      return row.<Boolean>getAs(FLAG);
    }
  }
}
