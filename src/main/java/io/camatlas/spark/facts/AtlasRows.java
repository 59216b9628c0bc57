package io.camatlas.spark.facts;

import io.camatlas.spark.results.CalibrationTable;
import io.camatlas.spark.results.ClassAttentionTable.Attention;
import io.camatlas.spark.results.ClassFeatureMapsTable;
import io.camatlas.spark.results.ConfusionsTable;
import io.camatlas.spark.results.FeatureMapExamplesTable;
import io.camatlas.spark.results.FeatureMapsTable;
import io.camatlas.spark.results.LabelScoresTable;
import io.camatlas.spark.results.LocalizationTruthTable;
import io.camatlas.spark.results.SlicesTable;
import io.camatlas.spark.results.SpatialBiasTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The rows that a report reads from each table of an atlas. */
record AtlasRows(
    ByView<Attention> attention,
    ByView<SpatialBiasTable.Bias> bias,
    ByView<LocalizationTruthTable.Agreement> truth,
    ByView<ConfusionsTable.Pair> confusions,
    ByView<CalibrationTable.Bin> calibration,
    ByView<LabelScoresTable.Scores> labels,
    ByView<FeatureMapsTable.Response> maps,
    ByView<ClassFeatureMapsTable.Use> uses,
    ByView<FeatureMapExamplesTable.Chosen> examples,
    ByView<SlicesTable.Compared> slices,
    ByView<SlicesTable.Counted> compared,
    ByView<String> givenUp) {
  /** Rows of one table, by run and layer. */
  record ByView<T>(Map<ViewKey, List<T>> rows) {
    static <T> ByView<T> of(Dataset<Row> table, Function<Row, T> fromRow) {
      Map<ViewKey, List<T>> rows = new LinkedHashMap<>();
      for (Row row : table.collectAsList()) {
        rows.computeIfAbsent(ViewKey.of(row), key -> new ArrayList<>()).add(fromRow.apply(row));
      }
      return new ByView<>(rows);
    }

    List<T> of(ViewKey key) {
      return rows.getOrDefault(key, List.of());
    }
  }
}
