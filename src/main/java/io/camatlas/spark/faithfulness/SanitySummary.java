package io.camatlas.spark.faithfulness;

import io.camatlas.report.Numbers;
import io.camatlas.sanity.SanityMeasure;
import io.camatlas.spark.results.SanityTable;
import io.camatlas.spark.results.SanityTable.OfClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A few lines for the console: whether maps depend on what they should. */
public final class SanitySummary {
  private SanitySummary() {}

  /**
   * Summarises the rows over all classes.
   *
   * @param table rows of {@link SanityTable}
   * @param images of how many images maps were to be made again, by layer
   * @return a sentence for each number and layer
   */
  public static String of(Dataset<Row> table, Map<String, Long> images) {
    Map<String, List<OfClass>> layers = new LinkedHashMap<>();
    for (Row row :
        table
            .where(table.col(SanityTable.CLASS).isNull())
            .orderBy(SanityTable.LAYER, SanityTable.DEGREE)
            .collectAsList()) {
      OfClass one = SanityTable.fromRow(row);
      layers.computeIfAbsent(one.layer(), name -> new ArrayList<>()).add(one);
    }
    StringBuilder text = new StringBuilder();
    layers.forEach(
        (layer, rows) -> {
          text.append("Maps of layer ").append(layer).append(" that were made again\n");
          for (SanityMeasure measure : SanityMeasure.values()) {
            for (OfClass row : rows) {
              if (row.measure() == measure) {
                text.append(line(row, images.getOrDefault(layer, row.n()))).append('\n');
              }
            }
          }
        });
    return text.toString();
  }

  private static String line(OfClass row, long images) {
    return String.format(
        Locale.ROOT,
        "  %-62s %6.2f  %-16s %,5d of %s",
        what(row),
        row.mean(),
        Double.isNaN(row.ciLow())
            ? ""
            : String.format(Locale.ROOT, "%.2f to %.2f", row.ciLow(), row.ciHigh()),
        row.n(),
        Numbers.countOf(images, "image", "images"));
  }

  private static String what(OfClass row) {
    return switch (row.measure()) {
      case RANDOMISED -> "correlation after stage " + row.degree() + " of shuffling weights";
      case ENTROPY_RISE -> "rise of entropy once all weights are shuffled";
      case OTHER_CLASS -> "correlation with the map of another class";
      case SENSITIVITY -> "change of the map of nearly the same image";
      case COHERENCY -> "coherency with the map of what is marked";
      case COMPLEXITY -> "share of the picture that is marked";
      case ADCC -> "ADCC, of coherency, complexity and drop; higher is better";
      case ROAD -> "class is kept, the %d %% most marked pixels replaced".formatted(row.degree());
      case ROAD_RANDOM ->
          "class is kept, %d %% of the pixels replaced at random".formatted(row.degree());
    };
  }
}
