package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Reads labels that are class indices, as image shards often have them. */
public final class LabelIndex {
  private LabelIndex() {}

  /**
   * Replaces each label that is a whole number, such as 3 or 3.0, below the number of classes, and
   * not itself a class name, by the name of that class.
   */
  static Dataset<Row> named(Dataset<Row> rows, List<String> classes) {
    if (classes.isEmpty()) {
      return rows;
    }
    Column names = lit(classes.toArray(new String[0]));
    Column index =
        expr("try_cast(regexp_replace(trim(" + ImagesTable.LABEL + "), '[.]0+$', '') as int)");
    return rows.withColumn(
        ImagesTable.LABEL,
        when(
                not(array_contains(names, col(ImagesTable.LABEL)))
                    .and(index.geq(0))
                    .and(index.lt(classes.size())),
                get(names, index))
            .otherwise(col(ImagesTable.LABEL)));
  }

  /**
   * Does the same for one label.
   *
   * @param label text, or a number
   * @return the class's name; the label as text if it is not a class index
   */
  public static String named(Object label, List<String> classes) {
    String text = label instanceof Number number ? text(number) : label.toString();
    String index = text.strip().replaceFirst("[.]0+$", "");
    if (!classes.contains(text)
        && index.matches("\\d{1,9}")
        && Integer.parseInt(index) < classes.size()) {
      return classes.get(Integer.parseInt(index));
    }
    return text;
  }

  /** A number as the text of a label. Indexers of Spark ML, and pandas, write indices as 3.0. */
  static String text(Number number) {
    return isWhole(number) ? String.valueOf(number.longValue()) : number.toString();
  }

  /**
   * Whether a number may be an index.
   *
   * @param number null for none
   */
  static boolean isWhole(Number number) {
    if (number == null) {
      return false;
    }
    double value = number.doubleValue();
    return value == Math.rint(value) && Math.abs(value) < 1e9;
  }
}
