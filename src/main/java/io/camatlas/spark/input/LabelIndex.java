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
final class LabelIndex {
  private LabelIndex() {}

  /**
   * Names the class where the label is a whole number below the number of classes, and is itself no
   * class's name.
   */
  static Dataset<Row> named(Dataset<Row> rows, List<String> classes) {
    if (classes.isEmpty()) {
      return rows;
    }
    Column names = lit(classes.toArray(new String[0]));
    Column index = expr("try_cast(trim(label) as int)");
    return rows.withColumn(
        "label",
        when(
                not(array_contains(names, col("label")))
                    .and(index.geq(0))
                    .and(index.lt(classes.size())),
                get(names, index))
            .otherwise(col("label")));
  }
}
