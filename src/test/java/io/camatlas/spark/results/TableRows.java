package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Row;

/** Rows of tables, compared up to rounding. */
public final class TableRows {
  private TableRows() {}

  /** Everything that is no floating-point number, which rounding may move. */
  public static String names(Row row) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      Object value = row.get(i);
      if (value instanceof String || value instanceof Integer) {
        names.append(value).append('|');
      }
    }
    return names.toString();
  }

  /** The same rows, whatever their order. */
  public static void same(List<Row> expected, List<Row> found, String where) {
    List<Row> one = new ArrayList<>(expected);
    List<Row> other = new ArrayList<>(found);
    one.sort(Comparator.comparing(TableRows::names));
    other.sort(Comparator.comparing(TableRows::names));
    assertThat(other).as(where).hasSameSizeAs(one);
    for (int i = 0; i < one.size(); i++) {
      close(one.get(i), other.get(i), where + " " + names(one.get(i)));
    }
  }

  public static void close(Object one, Object other, String where) {
    if (one instanceof Double number) {
      assertThat((Double) other).as(where).isCloseTo(number, within(1e-9));
    } else if (one instanceof Row row) {
      for (int i = 0; i < row.size(); i++) {
        close(row.get(i), ((Row) other).get(i), where + "." + i);
      }
    } else if (one instanceof scala.collection.Seq<?> items) {
      scala.collection.Seq<?> others = (scala.collection.Seq<?>) other;
      assertThat(others.size()).as(where).isEqualTo(items.size());
      for (int i = 0; i < items.size(); i++) {
        close(items.apply(i), others.apply(i), where + "[" + i + "]");
      }
    } else if (one != null && one.getClass().isArray()) {
      assertThat(Array.getLength(other)).as(where).isEqualTo(Array.getLength(one));
      for (int i = 0; i < Array.getLength(one); i++) {
        close(Array.get(one, i), Array.get(other, i), where + "[" + i + "]");
      }
    } else {
      assertThat(other).as(where).isEqualTo(one);
    }
  }
}
