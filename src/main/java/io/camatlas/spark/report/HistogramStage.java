package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import io.camatlas.report.facts.ClassReport.Histogram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Counts every class's entropies, spreads and confidences, right and wrong predictions apart. */
final class HistogramStage {
  private static final int BINS = 20;

  /** Of a map whose mass lies in two opposite corners, as a fraction of the extent. */
  private static final double WIDEST_SPREAD = Math.sqrt(0.5);

  private static final List<String> MEASURES = List.of("entropy", "spread", "confidence");

  private HistogramStage() {}

  /**
   * Histograms of entropy, spread and confidence, in this order, by the atlas's name of the run, a
   * line feed, the layer, a line feed, and the class's index.
   *
   * @param explanations rows of the table, with the atlas's name of their run
   */
  static Map<String, List<Histogram>> of(Dataset<Row> explanations) {
    List<Row> rows =
        explanations
            .selectExpr(
                "run",
                "layer",
                "target_index",
                "correct",
                "ln(map_height * map_width) AS most",
                "explode(array("
                    + "named_struct('measure', 0, 'value', localization.entropy_nats"
                    + " / greatest(1e-9D, ln(map_height * map_width))),"
                    + "named_struct('measure', 1, 'value', localization.spread / "
                    + WIDEST_SPREAD
                    + "D),"
                    + "named_struct('measure', 2, 'value', CAST(confidence AS DOUBLE)))) AS one")
            .where("one.value IS NOT NULL")
            .withColumn("measure", expr("one.measure"))
            .withColumn(
                "bin",
                expr(
                    "CAST(least(greatest(floor(one.value * "
                        + BINS
                        + "), 0), "
                        + (BINS - 1)
                        + ") AS INT)"))
            .groupBy("run", "layer", "target_index", "correct", "most", "measure", "bin")
            .agg(count(lit(1)).as("n"))
            .collectAsList();
    Map<String, List<Histogram>> found = new LinkedHashMap<>();
    for (Row row : rows) {
      double entropy = row.getAs("most");
      Histogram histogram =
          found
              .computeIfAbsent(
                  row.getAs("run") + "\n" + row.getAs("layer") + "\n" + row.getAs("target_index"),
                  key -> blank(entropy))
              .get(row.<Integer>getAs("measure"));
      Boolean correct = row.getAs("correct");
      long[] counts =
          correct == null
              ? histogram.unlabelled()
              : correct ? histogram.right() : histogram.wrong();
      counts[row.<Integer>getAs("bin")] += row.<Long>getAs("n");
    }
    return found;
  }

  private static List<Histogram> blank(double entropy) {
    List<Histogram> blank = new ArrayList<>();
    for (String measure : MEASURES) {
      double most =
          switch (measure) {
            case "entropy" -> entropy;
            case "spread" -> WIDEST_SPREAD;
            default -> 1;
          };
      blank.add(new Histogram(measure, 0, most, new long[BINS], new long[BINS], new long[BINS]));
    }
    return blank;
  }
}
