package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.camatlas.spark.InputException;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Reads labels that are class indices, as image shards often have them. */
public final class LabelIndex {
  private static final String NUMBER = "\\d+([.]0+)?";

  private LabelIndex() {}

  /**
   * Replaces each label that is a whole number, such as 3 or 3.0, below the number of classes, and
   * not itself a class name, by the name of that class.
   */
  static Dataset<Row> named(Dataset<Row> rows, List<String> classes) {
    if (classes.isEmpty()) {
      return rows;
    }
    return rows.withColumn(
        ImagesTable.LABEL,
        when(not(isName(classes)).and(isIndex(classes)), get(names(classes), index()))
            .otherwise(col(ImagesTable.LABEL)));
  }

  private static Column names(List<String> classes) {
    return lit(classes.toArray(new String[0]));
  }

  private static Column index() {
    return expr("try_cast(regexp_replace(trim(" + ImagesTable.LABEL + "), '[.]0+$', '') as int)");
  }

  private static Column isName(List<String> classes) {
    return array_contains(names(classes), col(ImagesTable.LABEL));
  }

  private static Column isIndex(List<String> classes) {
    return coalesce(index().geq(0).and(index().lt(classes.size())), lit(false));
  }

  /**
   * Makes sure that labels are not read as indices of classes in one row and as names that happen
   * to be numbers in another, as indices of the classes 1, 2 and 3 would be.
   *
   * @param given the source, as people know it
   * @throws InputException naming a label of each kind
   */
  static void requireOneReading(Dataset<Row> rows, List<String> classes, String given) {
    if (classes.stream().noneMatch(name -> name.strip().matches(NUMBER))) {
      return;
    }
    Column label = col(ImagesTable.LABEL);
    Column isOtherClass =
        not(coalesce(get(names(classes), index()).equalTo(label), lit(false)))
            .and(index().isNotNull());
    Row found =
        rows.agg(
                min(when(not(isName(classes)).and(isIndex(classes)), label)),
                min(when(isName(classes).and(isOtherClass), label)))
            .head();
    if (!found.isNullAt(0) && !found.isNullAt(1)) {
      throw new InputException(
          "%s has the label '%s', which is the name of a class, and the label '%s', which is none and could only be the index of one; give all labels as names, or all classes names that are no numbers."
              .formatted(given, found.getString(1), found.getString(0)));
    }
  }

  /**
   * Does the same for one label. A number, which indexers of Spark ML give, is an index and never a
   * name.
   *
   * @param label text, or a number
   * @return the class's name; the label as text if it is not a class index
   * @throws InputException if a number is the index of no class but the name of one
   */
  public static String named(Object label, List<String> classes) {
    String text = label instanceof Number number ? text(number) : label.toString();
    if (label instanceof Number number && isWhole(number)) {
      long index = number.longValue();
      if (index >= 0 && index < classes.size()) {
        return classes.get((int) index);
      }
      if (classes.contains(text)) {
        throw new InputException(
            "A label is the number %s. Numbers are indices of the %d classes, from 0, and this is none, but there is a class of that name; cast the labels to strings if they are names."
                .formatted(text, classes.size()));
      }
      return text;
    }
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
