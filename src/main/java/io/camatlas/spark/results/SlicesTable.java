package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.negate;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.atlas.ClassName;
import io.camatlas.atlas.SliceComparison;
import io.camatlas.atlas.SliceMeasure;
import io.camatlas.atlas.SliceState;
import io.camatlas.atlas.StateKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code slices}: images that have a trait in common beside all others of their class, or
 * of all classes ({@code class} is null).
 *
 * <p>A trait that is given up, as its texts are too many or too long, has one row for all classes,
 * without a value or a measure.
 *
 * <p>{@code q} is {@code p} corrected for all comparisons of the layer by one measure, by Benjamini
 * and Hochberg (1995): of all rows of a measure with {@code q <= 0.05} together, at most one in
 * twenty is expected to be chance.
 */
public final class SlicesTable extends AtlasTable<SliceState> {
  private static final long serialVersionUID = 1L;

  /** Name of the table. */
  public static final String NAME = "slices";

  /** Where a trait comes from: {@code metadata} or {@code picture}. */
  public static final String SOURCE = "source";

  public static final String TRAIT = "trait";
  public static final String VALUE = ExampleStruct.VALUE;

  /** Images of the slice, whatever was measured of them. */
  public static final String IMAGES = FaithfulnessTable.IMAGES;

  public static final String MEASURE = "measure";
  public static final String MEAN = MeasureStruct.MEAN;
  public static final String REST_N = "rest_n";
  public static final String REST_MEAN = "rest_mean";
  public static final String DIFFERENCE = "difference";
  public static final String LOW = CalibrationTable.LOW;
  public static final String HIGH = CalibrationTable.HIGH;
  public static final String P = Corrected.P;
  public static final String Q = Corrected.Q;

  private static final StructType SCHEMA =
      AtlasTable.columns()
          .add(CLASS, StringType, true)
          .add(CLASS_INDEX, IntegerType, true)
          .add(SOURCE, StringType, false)
          .add(TRAIT, StringType, false)
          .add(VALUE, StringType, true)
          .add(IMAGES, LongType, true)
          .add(MEASURE, StringType, true)
          .add(N, LongType, true)
          .add(MEAN, DoubleType, true)
          .add(REST_N, LongType, true)
          .add(REST_MEAN, DoubleType, true)
          .add(DIFFERENCE, DoubleType, true)
          .add(LOW, DoubleType, true)
          .add(HIGH, DoubleType, true)
          .add(P, DoubleType, true)
          .add(Q, DoubleType, true);

  private static final int MOST_SHOWN = 10;
  private static final String RANKED = "_ranked";

  SlicesTable() {
    super(NAME, 3, SCHEMA);
  }

  @Override
  public StateKind<SliceState> kind() {
    return SliceState.KIND;
  }

  @Override
  public void read(SliceState state, Place place, Consumer<Row> rows) {
    state.compare(found -> rows.accept(row(state, place, found)));
    if (state.name().isEmpty()) {
      state
          .givenUp()
          .forEach(
              trait ->
                  rows.accept(
                      row(place)
                          .with(SOURCE, trait.source().name().toLowerCase(Locale.ROOT))
                          .with(TRAIT, trait.text())
                          .row()));
    }
  }

  private Row row(SliceState state, Place place, SliceComparison found) {
    return row(place)
        .with(CLASS, state.name().map(ClassName::name).orElse(null))
        .with(CLASS_INDEX, state.name().map(ClassName::index).orElse(null))
        .with(SOURCE, found.slice().trait().source().name().toLowerCase(Locale.ROOT))
        .with(TRAIT, found.slice().trait().text())
        .with(VALUE, found.slice().value())
        .with(IMAGES, found.slice().cell().images())
        .with(MEASURE, found.measure().text())
        .with(N, found.n())
        .with(MEAN, found.mean())
        .with(REST_N, found.restN())
        .with(REST_MEAN, found.restMean())
        .with(DIFFERENCE, found.mean() - found.restMean())
        .with(LOW, found.low())
        .with(HIGH, found.high())
        .with(P, found.p())
        .row();
  }

  @Override
  public Dataset<Row> complete(Dataset<Row> rows) {
    // What is said of one measure must hold whatever others show.
    return Corrected.withQ(rows, RUN, LAYER, MEASURE);
  }

  /**
   * Rows of surely different groups, those that matter most first: for each measure of a class at
   * most {@value #MOST_SHOWN} larger and as many smaller ones, by how large the difference is at
   * least. Then the accuracy of those that are there for their confidence.
   *
   * @param slices this table
   */
  public static Dataset<Row> different(Dataset<Row> slices) {
    Column[] measures =
        Arrays.stream(SliceMeasure.values())
            .map(measure -> lit(measure.text()))
            .toArray(Column[]::new);
    Column order = array_position(array(measures), col(MEASURE));
    Column atLeast = greatest(col(LOW), negate(col(HIGH)));
    WindowSpec ofMeasure =
        Window.partitionBy(
                col(RUN), col(LAYER), col(CLASS_INDEX), col(MEASURE), col(DIFFERENCE).lt(0))
            .orderBy(atLeast.desc(), col(TRAIT), col(VALUE));
    Dataset<Row> sure =
        slices
            .where(col(Q).leq(Corrected.SURE))
            .withColumn(RANKED, row_number().over(ofMeasure))
            .where(col(RANKED).leq(MOST_SHOWN));
    Column[] group =
        Stream.of(RUN, LAYER, CLASS_INDEX, SOURCE, TRAIT, VALUE)
            .map(functions::col)
            .toArray(Column[]::new);
    Column[] other = Arrays.stream(group).map(one -> one.as("_" + one)).toArray(Column[]::new);
    Dataset<Row> confident =
        sure.where(col(MEASURE).equalTo(SliceMeasure.CONFIDENCE.text())).select(other);
    Dataset<Row> accurate =
        sure.where(col(MEASURE).equalTo(SliceMeasure.ACCURACY.text())).select(other);
    Column same =
        Arrays.stream(group)
            .map(one -> one.eqNullSafe(col("_" + one)))
            .reduce(Column::and)
            .orElseThrow();
    Dataset<Row> beside =
        slices
            .where(col(MEASURE).equalTo(SliceMeasure.ACCURACY.text()))
            .join(confident, same, "left_semi")
            .join(accurate, same, "left_anti")
            .withColumn(RANKED, lit(MOST_SHOWN + 1));
    return sure.unionByName(beside).orderBy(col(CLASS_INDEX), order, col(RANKED));
  }

  /**
   * How many comparisons were tested in each class of each view.
   *
   * @param slices this table
   */
  public static Dataset<Row> counted(Dataset<Row> slices) {
    return slices.groupBy(RUN, LAYER, CLASS_INDEX).agg(count(col(P)).as(N));
  }

  /** A row of {@link #counted}. */
  public static Counted countedFromRow(Row row) {
    return new Counted(Cells.index(row, CLASS_INDEX), Cells.count(row, N));
  }

  /**
   * How many comparisons were tested.
   *
   * @param classIndex index of the class; -1 for all classes
   */
  public record Counted(int classIndex, long n) {}

  /**
   * Traits that are given up.
   *
   * @param slices this table
   */
  public static Dataset<Row> givenUp(Dataset<Row> slices) {
    return slices.where(col(MEASURE).isNull()).select(RUN, LAYER, TRAIT).orderBy(TRAIT);
  }

  /** A name from {@link #givenUp}. */
  public static String givenUpFromRow(Row row) {
    return row.getAs(TRAIT);
  }

  public static Compared fromRow(Row row) {
    return new Compared(row);
  }

  /** A measure of some images beside that of others; numbers are NaN if they are undefined. */
  public record Compared(Row row) {
    /** Index of the class; -1 for all classes. */
    public int classIndex() {
      return Cells.index(row, CLASS_INDEX);
    }

    /** Whether the trait is one of the picture itself. */
    public boolean isOfPicture() {
      return row.<String>getAs(SOURCE).equals("picture");
    }

    public String trait() {
      return row.getAs(TRAIT);
    }

    public String value() {
      return row.getAs(VALUE);
    }

    public long images() {
      return Cells.count(row, IMAGES);
    }

    public SliceMeasure measure() {
      return SliceMeasure.of(row.getAs(MEASURE));
    }

    public long n() {
      return Cells.count(row, N);
    }

    public double mean() {
      return Cells.number(row, MEAN);
    }

    public long restN() {
      return Cells.count(row, REST_N);
    }

    public double restMean() {
      return Cells.number(row, REST_MEAN);
    }

    public double low() {
      return Cells.number(row, LOW);
    }

    public double high() {
      return Cells.number(row, HIGH);
    }

    /** The corrected probability that there is no difference. */
    public double q() {
      return Cells.number(row, Q);
    }
  }
}
