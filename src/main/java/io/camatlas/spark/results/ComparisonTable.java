package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import io.camatlas.compare.ComparedClass.Change;
import io.camatlas.compare.ComparedKind;
import io.camatlas.compare.Difference;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.StructType;

/**
 * The table {@code comparison}: one row for each number of each class, or of all classes ({@code
 * class} is null), that two audits have in common.
 *
 * <p>{@code n} and {@code mean} are the first audit's, {@code with_n} and {@code with_mean} those
 * of the audit it is compared with; {@code difference} is the second less the first, {@code low}
 * and {@code high} are its 95 % interval, {@code pairs} counts the images that both saw with the
 * same bytes, and columns with {@code rest} are about those that have no partner. {@code p} is the
 * probability of a difference at least as large if there is none, null where one audit has fewer
 * than {@value Difference#FEWEST} images; {@code q} is {@code p} corrected for all rows of the same
 * {@code kind}, as in {@link Corrected}.
 *
 * <p>{@code source}, {@code trait} and {@code value} say which images a {@code slice} holds, and
 * are null otherwise; {@code feature_map} is null but for rows of feature maps.
 */
public final class ComparisonTable {
  /** Raised whenever a column changes its name, unit or meaning. */
  public static final int VERSION = 1;

  /** Name of the table. */
  public static final String NAME = "comparison";

  public static final String CLASS = AtlasTable.CLASS;
  public static final String CLASS_INDEX = AtlasTable.CLASS_INDEX;

  /** What kind of number, as {@link ComparedKind} names it. */
  public static final String KIND = StatesTable.KIND;

  public static final String MEASURE = SlicesTable.MEASURE;
  public static final String FEATURE_MAP = AtlasTable.FEATURE_MAP;
  public static final String SOURCE = SlicesTable.SOURCE;
  public static final String TRAIT = SlicesTable.TRAIT;
  public static final String VALUE = SlicesTable.VALUE;
  public static final String N = AtlasTable.N;
  public static final String MEAN = MeasureStruct.MEAN;
  public static final String WITH_N = "with_n";
  public static final String WITH_MEAN = "with_mean";
  public static final String PAIRS = "pairs";

  /** Means of the images that have no partner, where they were compared. */
  public static final String REST_N = SlicesTable.REST_N;

  public static final String REST_MEAN = SlicesTable.REST_MEAN;
  public static final String WITH_REST_N = "with_rest_n";
  public static final String WITH_REST_MEAN = "with_rest_mean";
  public static final String REST_P = "rest_p";
  public static final String DIFFERENCE = SlicesTable.DIFFERENCE;
  public static final String LOW = SlicesTable.LOW;
  public static final String HIGH = SlicesTable.HIGH;
  public static final String P = Corrected.P;
  public static final String Q = Corrected.Q;

  /** The columns without {@link #Q}. */
  public static final StructType UNCORRECTED =
      new StructType()
          .add(CLASS, StringType, true)
          .add(CLASS_INDEX, IntegerType, true)
          .add(KIND, StringType, false)
          .add(MEASURE, StringType, false)
          .add(FEATURE_MAP, IntegerType, true)
          .add(SOURCE, StringType, true)
          .add(TRAIT, StringType, true)
          .add(VALUE, StringType, true)
          .add(N, LongType, false)
          .add(MEAN, DoubleType, false)
          .add(WITH_N, LongType, false)
          .add(WITH_MEAN, DoubleType, false)
          .add(PAIRS, LongType, false)
          .add(REST_N, LongType, false)
          .add(REST_MEAN, DoubleType, true)
          .add(WITH_REST_N, LongType, false)
          .add(WITH_REST_MEAN, DoubleType, true)
          .add(REST_P, DoubleType, true)
          .add(DIFFERENCE, DoubleType, false)
          .add(LOW, DoubleType, true)
          .add(HIGH, DoubleType, true)
          .add(P, DoubleType, true);

  /** The columns, in order. */
  public static final StructType SCHEMA = UNCORRECTED.add(Q, DoubleType, true);

  /** The measure of a feature map. */
  public static final String SHARE = ClassFeatureMapsTable.SHARE;

  private static final String RANKED = "_ranked";

  private ComparisonTable() {}

  /**
   * The row of a change, without q.
   *
   * @param name the class; null for all
   * @param index of the class; null for all
   */
  public static Row toRow(String name, Integer index, Change change) {
    Difference difference = change.difference();
    boolean isMap = change.kind() == ComparedKind.FEATURE_MAP;
    return new RowDraft(UNCORRECTED)
        .with(CLASS, name)
        .with(CLASS_INDEX, index)
        .with(KIND, change.kind().text())
        .with(MEASURE, isMap ? SHARE : change.name())
        .with(FEATURE_MAP, isMap ? Integer.valueOf(change.name()) : null)
        .with(
            SOURCE,
            change.trait() == null ? null : change.trait().source().name().toLowerCase(Locale.ROOT))
        .with(TRAIT, change.trait() == null ? null : change.trait().text())
        .with(VALUE, change.value())
        .with(N, difference.n())
        .with(MEAN, difference.mean())
        .with(WITH_N, difference.withN())
        .with(WITH_MEAN, difference.withMean())
        .with(PAIRS, difference.pairs())
        .with(REST_N, difference.rest().n())
        .with(REST_MEAN, difference.rest().mean())
        .with(WITH_REST_N, difference.rest().withN())
        .with(WITH_REST_MEAN, difference.rest().withMean())
        .with(REST_P, difference.rest().p())
        .with(DIFFERENCE, difference.gap())
        .with(LOW, difference.low())
        .with(HIGH, difference.high())
        .with(P, difference.p())
        .row();
  }

  /** The same rows with q. */
  public static Dataset<Row> corrected(Dataset<Row> rows) {
    return Corrected.withQ(rows, KIND);
  }

  /**
   * Rows to show and to judge: all of the few numbers that each class has, and of the many the
   * largest rises and the largest falls that chance does not explain. Feature maps are ranked by
   * their difference, groups of images by what it surely is at least, as they are judged.
   *
   * @param comparison this table
   * @param most rows of each class, kind, measure and direction
   * @param fewest images of which rows of many are, in both audits
   */
  public static Dataset<Row> shown(Dataset<Row> comparison, int most, long fewest) {
    Column many = col(KIND).isin(ComparedKind.FEATURE_MAP.text(), ComparedKind.SLICE.text());
    Column ofRest = coalesce(abs(col(WITH_REST_MEAN).minus(col(REST_MEAN))), abs(col(DIFFERENCE)));
    Column rises = col(DIFFERENCE).gt(0);
    Column size =
        when(
                col(KIND).equalTo(ComparedKind.SLICE.text()),
                when(rises, col(LOW)).otherwise(col(HIGH).multiply(-1)))
            .otherwise(greatest(abs(col(DIFFERENCE)), ofRest));
    Column largest =
        row_number()
            .over(
                Window.partitionBy(col(CLASS_INDEX), col(KIND), col(MEASURE), rises)
                    .orderBy(size.desc(), col(FEATURE_MAP), col(TRAIT), col(VALUE)));
    Dataset<Row> few = comparison.where(not(many));
    Dataset<Row> sure =
        comparison
            .where(many.and(col(Q).leq(Corrected.SURE)).and(least(col(N), col(WITH_N)).geq(fewest)))
            .withColumn(RANKED, largest)
            .where(col(RANKED).leq(most))
            .drop(RANKED);
    return few.unionByName(sure);
  }

  /**
   * How many numbers were tested, and how many of these changed more than chance explains.
   *
   * @param comparison this table
   */
  public static Dataset<Row> counts(Dataset<Row> comparison) {
    Column sure = when(col(Q).leq(Corrected.SURE), 1);
    return comparison.groupBy(KIND).agg(count(col(P)).as(N), count(sure).as(WITH_N)).orderBy(KIND);
  }

  /** A row of {@link #counts}. */
  public record Counts(String kind, long tested, long changed) {
    public static Counts of(Row row) {
      return new Counts(row.getAs(KIND), Cells.count(row, N), Cells.count(row, WITH_N));
    }
  }

  public static Compared fromRow(Row row) {
    return new Compared(row);
  }

  /** A number in both audits. */
  public record Compared(Row row) {
    /** Index of the class; -1 for all classes. */
    public int classIndex() {
      return Cells.index(row, CLASS_INDEX);
    }

    public ComparedKind kind() {
      return ComparedKind.of(row.getAs(KIND));
    }

    public String measure() {
      return row.getAs(MEASURE);
    }

    /** Index of the feature map; -1 if it is about none. */
    public int featureMap() {
      return Cells.index(row, FEATURE_MAP);
    }

    /** What the images have in common; empty for all images. */
    public Optional<String> trait() {
      return Optional.ofNullable(row.getAs(TRAIT));
    }

    /** Whether the trait is one of the picture itself. */
    public boolean isOfPicture() {
      return "picture".equals(row.getAs(SOURCE));
    }

    /** Value of the trait; empty for all images. */
    public String value() {
      return Cells.text(row, VALUE);
    }

    public Difference difference() {
      return new Difference(
          Cells.count(row, N),
          Cells.number(row, MEAN),
          Cells.count(row, WITH_N),
          Cells.number(row, WITH_MEAN),
          Cells.count(row, PAIRS),
          Cells.number(row, LOW),
          Cells.number(row, HIGH),
          Cells.number(row, P),
          new Difference.Rest(
              Cells.count(row, REST_N),
              Cells.number(row, REST_MEAN),
              Cells.count(row, WITH_REST_N),
              Cells.number(row, WITH_REST_MEAN),
              Cells.number(row, REST_P)));
    }

    /** The corrected probability that there is no difference; NaN if it was not tested. */
    public double q() {
      return Cells.number(row, Q);
    }
  }
}
