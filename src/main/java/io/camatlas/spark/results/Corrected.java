package io.camatlas.spark.results;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;

/**
 * Probabilities of chance, corrected for all that was compared (Benjamini and Hochberg 1995): of
 * all rows with {@code q <= 0.05} together, at most one in twenty is expected to be chance.
 */
public final class Corrected {
  /** The column that is corrected; rows without a number were not tested. */
  public static final String P = "p";

  public static final String Q = "q";

  /** The largest q of a difference that is taken for sure. */
  public static final double SURE = 0.05;

  private static final String TESTED = "_tested";
  private static final String RANKED = "_ranked";

  private Corrected() {}

  /**
   * Adds q: the smallest of p m / rank over this and all larger p, of m in all.
   *
   * @param within columns that rows must share to be corrected together
   */
  public static Dataset<Row> withQ(Dataset<Row> rows, String... within) {
    WindowSpec all =
        Window.partitionBy(
            Stream.concat(Stream.of(within), Stream.of(TESTED))
                .map(functions::col)
                .toArray(Column[]::new));
    // From the largest p down to this: a window that grows costs one step a row, one that shrinks
    // is computed anew for each.
    WindowSpec toHere =
        all.orderBy(col(RANKED).desc())
            .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    Column ratio = col(P).multiply(count(col(P)).over(all)).divide(col(RANKED));
    return rows.withColumn(TESTED, col(P).isNotNull())
        .withColumn(RANKED, row_number().over(all.orderBy(P)))
        .withColumn(Q, ratio)
        .withColumn(Q, when(col(P).isNotNull(), least(lit(1.0), min(col(Q)).over(toHere))))
        .drop(TESTED, RANKED);
  }
}
