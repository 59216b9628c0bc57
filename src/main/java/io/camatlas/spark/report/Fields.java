package io.camatlas.spark.report;

import io.camatlas.report.facts.Grid;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;

/**
 * A row's fields by name; what is null becomes NaN, an empty text or nothing.
 *
 * @param row with a schema
 */
record Fields(Row row) {
  boolean has(String name) {
    return !row.isNullAt(row.fieldIndex(name));
  }

  double number(String name) {
    return has(name) ? row.<Number>getAs(name).doubleValue() : Double.NaN;
  }

  long count(String name) {
    return has(name) ? row.<Number>getAs(name).longValue() : 0;
  }

  int index(String name) {
    return has(name) ? row.<Number>getAs(name).intValue() : -1;
  }

  String text(String name) {
    return has(name) ? row.getAs(name) : "";
  }

  Fields struct(String name) {
    return new Fields(row.getAs(name));
  }

  List<Row> rows(String name) {
    return has(name) ? row.getList(row.fieldIndex(name)) : List.of();
  }

  /** A grid of numbers; nothing where it is null. */
  Optional<Grid> grid(String name, int height, int width) {
    if (!has(name)) {
      return Optional.empty();
    }
    List<? extends Number> values = row.getList(row.fieldIndex(name));
    double[] numbers = new double[values.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = values.get(i).doubleValue();
    }
    return Optional.of(new Grid(numbers, height, width));
  }
}
