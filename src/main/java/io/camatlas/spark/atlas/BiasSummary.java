package io.camatlas.spark.atlas;

import static org.apache.spark.sql.functions.col;

import io.camatlas.report.Numbers;
import io.camatlas.spark.Printable;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A small table for the console: the classes whose attention lies most where it should not. */
public final class BiasSummary {
  private static final int ROWS = 8;

  private BiasSummary() {}

  /**
   * The first rows of the table {@code spatial_bias}, layer by layer.
   *
   * @return text of one line a class and region, the strongest first; flagged ones marked
   */
  public static String of(Dataset<Row> spatialBias) {
    List<Row> rows =
        spatialBias
            .where(col("rank").leq(ROWS))
            .orderBy("model", "run", "layer", "rank")
            .collectAsList();
    int width =
        Math.max(
            5, rows.stream().mapToInt(row -> row.<String>getAs("class").length()).max().orElse(0));
    String format = "%-" + width + "s  %-12s %6s %15s %9s %12s %s%n";
    StringBuilder text = new StringBuilder();
    boolean several = rows.stream().map(row -> row.<String>getAs("run")).distinct().count() > 1;
    String before = "";
    for (Row row : rows) {
      String place =
          row.getAs("model") + ", layer " + row.getAs("layer") + ", " + row.getAs("method");
      if (!before.equals(place + row.getAs("run"))) {
        before = place + row.getAs("run");
        text.append(place)
            .append(several ? ", run " + row.getAs("run") : "")
            .append(System.lineSeparator());
        text.append(
            String.format(
                Locale.ROOT, format, "class", "region", "mass", "95 %", "x area", "x dataset", ""));
      }
      text.append(
          String.format(
              Locale.ROOT,
              format,
              Printable.of(row.getAs("class")),
              row.<String>getAs("region").replace('_', ' '),
              percent(row, "mass"),
              row.isNullAt(row.fieldIndex("ci_low"))
                  ? "-"
                  : percent(row, "ci_low") + " to " + percent(row, "ci_high"),
              number(row, "lift_area"),
              number(row, "lift_dataset"),
              row.<Boolean>getAs("flag") ? "!" : ""));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "Share of the attention in a region, over the region's area and over the whole"
                    + " dataset's share; %,d of %,d are flagged (!).%n",
                spatialBias.where(col("flag")).count(),
                spatialBias.count()))
        .toString()
        .replaceAll(" +\n", "\n");
  }

  private static String percent(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? "-" : Numbers.percentOf(value);
  }

  private static String number(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }
}
