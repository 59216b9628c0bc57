package io.camatlas.spark.results;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;

/** Reads values of a row by column name. Asking for a column that the row lacks is an error. */
final class Cells {
  private Cells() {}

  static boolean has(Row row, String column) {
    return !row.isNullAt(row.fieldIndex(column));
  }

  /** A number; NaN if null. */
  static double number(Row row, String column) {
    return has(row, column) ? row.<Number>getAs(column).doubleValue() : Double.NaN;
  }

  /** A count; 0 if null. */
  static long count(Row row, String column) {
    return has(row, column) ? row.<Number>getAs(column).longValue() : 0;
  }

  /** An index in a list, or the size of a grid; -1 if null. */
  static int index(Row row, String column) {
    return has(row, column) ? row.<Integer>getAs(column) : -1;
  }

  /** A text; empty if null. */
  static String text(Row row, String column) {
    return has(row, column) ? row.getAs(column) : "";
  }

  /** An array of numbers; absent if null. */
  static Optional<double[]> numbers(Row row, String column) {
    if (!has(row, column)) {
      return Optional.empty();
    }
    List<? extends Number> values = row.getList(row.fieldIndex(column));
    return Optional.of(values.stream().mapToDouble(Number::doubleValue).toArray());
  }
}
