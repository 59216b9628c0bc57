package io.camatlas.spark.atlas;

import static org.apache.spark.sql.functions.col;

import io.camatlas.report.Numbers;
import io.camatlas.spark.Printable;
import io.camatlas.spark.results.SpatialBiasTable;
import io.camatlas.spark.results.SpatialBiasTable.Bias;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A small table for the console: the classes with the most attention at borders, in corners or in
 * the centre.
 */
public final class BiasSummary {
  private static final int ROWS = 8;

  private BiasSummary() {}

  /**
   * The first rows of the table {@code spatial_bias}, layer by layer.
   *
   * @return text with one line per class and region, the strongest bias first; flagged lines are
   *     marked
   */
  public static String of(Dataset<Row> spatialBias) {
    List<Bias> rows =
        spatialBias
            .where(col(SpatialBiasTable.RANK).leq(ROWS))
            .orderBy(
                SpatialBiasTable.MODEL,
                SpatialBiasTable.RUN,
                SpatialBiasTable.LAYER,
                SpatialBiasTable.RANK)
            .collectAsList()
            .stream()
            .map(SpatialBiasTable::fromRow)
            .toList();
    int width = Math.max(5, rows.stream().mapToInt(row -> row.name().length()).max().orElse(0));
    String format = "%-" + width + "s  %-12s %6s %15s %9s %12s %s%n";
    StringBuilder text = new StringBuilder();
    boolean several = rows.stream().map(Bias::run).distinct().count() > 1;
    String before = "";
    for (Bias row : rows) {
      String place = row.model() + ", layer " + row.layer() + ", " + row.method();
      if (!before.equals(place + row.run())) {
        before = place + row.run();
        text.append(place)
            .append(several ? ", run " + row.run() : "")
            .append(System.lineSeparator());
        text.append(
            String.format(
                Locale.ROOT, format, "class", "region", "mass", "95 %", "x area", "x dataset", ""));
      }
      text.append(
          String.format(
              Locale.ROOT,
              format,
              Printable.of(row.name()),
              row.region().text().replace('_', ' '),
              percent(row.mass()),
              Double.isNaN(row.ciLow())
                  ? "-"
                  : percent(row.ciLow()) + " to " + percent(row.ciHigh()),
              number(row.liftArea()),
              number(row.liftDataset()),
              row.flag() ? "!" : ""));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "Mass is the share of the attention in a region; x area and x dataset are the mass"
                    + " divided by the region's area and by the whole dataset's mass. %,d of %,d"
                    + " are flagged (!).%n",
                spatialBias.where(col(SpatialBiasTable.FLAG)).count(),
                spatialBias.count()))
        .toString()
        .replaceAll(" +\n", "\n");
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : Numbers.percentOf(share);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }
}
