package io.camatlas.spark.report;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.struct;

import io.camatlas.report.facts.ClassReport.Histogram;
import io.camatlas.spark.facts.ViewKey;
import io.camatlas.spark.results.AtlasTable;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.LocalizationStruct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Builds histograms of every class's entropies, spreads and confidences, separately for right and
 * wrong predictions.
 */
final class HistogramStage {
  private static final int BINS = 20;

  /** The spread of a map whose mass lies in two opposite corners, as a fraction of the extent. */
  private static final double WIDEST_SPREAD = Math.sqrt(0.5);

  private static final List<String> MEASURES = List.of("entropy", "spread", "confidence");

  /** The largest entropy that a map of the layer can have. */
  private static final String MOST = "most";

  /** One of the numbers of a row: which of {@link #MEASURES} it is, and its size, 0 to 1. */
  private static final String ONE = "one";

  private static final String MEASURE = "which";
  private static final String SIZE = "size";
  private static final String PLACE = "place";

  private HistogramStage() {}

  /**
   * Histograms of entropy, spread and confidence, in this order, by {@link ViewKey#ofClass}.
   *
   * @param explanations rows of the table {@code explanations}, with the run's name in the atlas
   */
  static Map<String, List<Histogram>> of(Dataset<Row> explanations) {
    Column most = log(col(ExplanationsTable.MAP_HEIGHT).multiply(col(ExplanationsTable.MAP_WIDTH)));
    Column entropy = LocalizationStruct.field(LocalizationStruct.ENTROPY_NATS);
    Column spread = LocalizationStruct.field(LocalizationStruct.SPREAD);
    List<Row> rows =
        explanations
            .select(
                col(AtlasTable.RUN),
                col(ExplanationsTable.LAYER),
                col(ExplanationsTable.TARGET_INDEX),
                col(ExplanationsTable.CORRECT),
                most.as(MOST),
                explode(
                        array(
                            one(0, entropy.divide(greatest(lit(1e-9), most))),
                            one(1, spread.divide(WIDEST_SPREAD)),
                            one(2, ExplanationsTable.confidence().cast("double"))))
                    .as(ONE))
            .withColumn(MEASURE, col(ONE).getField(MEASURE))
            .withColumn(SIZE, col(ONE).getField(SIZE))
            .where(col(SIZE).isNotNull())
            .withColumn(
                PLACE,
                least(greatest(floor(col(SIZE).multiply(BINS)), lit(0L)), lit(BINS - 1L))
                    .cast("int"))
            .groupBy(
                AtlasTable.RUN,
                ExplanationsTable.LAYER,
                ExplanationsTable.TARGET_INDEX,
                ExplanationsTable.CORRECT,
                MOST,
                MEASURE,
                PLACE)
            .agg(count(lit(1)).as(AtlasTable.N))
            .collectAsList();
    Map<String, List<Histogram>> found = new LinkedHashMap<>();
    for (Row row : rows) {
      double largest = row.getAs(MOST);
      Histogram histogram =
          found
              .computeIfAbsent(
                  ViewKey.of(row).ofClass(row.getAs(ExplanationsTable.TARGET_INDEX)),
                  key -> blank(largest))
              .get(row.<Integer>getAs(MEASURE));
      Boolean correct = row.getAs(ExplanationsTable.CORRECT);
      long[] counts =
          correct == null
              ? histogram.unlabelled()
              : correct ? histogram.right() : histogram.wrong();
      counts[row.<Integer>getAs(PLACE)] += row.<Long>getAs(AtlasTable.N);
    }
    return found;
  }

  private static Column one(int measure, Column size) {
    return struct(lit(measure).as(MEASURE), size.as(SIZE));
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
