package io.camatlas.spark.results;

import io.camatlas.spark.results.AtlasFolder.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A run of an atlas with all its explanations: folders whose runs differ only in their images have
 * one name.
 *
 * @param id its name in the atlas
 * @param origins where its explanations are, at least one
 */
public record ExplainedRun(String id, List<Origin> origins) {
  /** Groups origins by their name. */
  public static List<ExplainedRun> of(List<Origin> origins) {
    Map<String, List<Origin>> byId = new LinkedHashMap<>();
    origins.forEach(
        origin -> byId.computeIfAbsent(origin.id(), id -> new ArrayList<>()).add(origin));
    List<ExplainedRun> runs = new ArrayList<>();
    byId.forEach((id, own) -> runs.add(new ExplainedRun(id, own)));
    return runs;
  }

  /** All its explanations. */
  public Dataset<Row> explanations(SparkSession spark) {
    return origins.stream()
        .map(origin -> origin.explanations(spark))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }
}
