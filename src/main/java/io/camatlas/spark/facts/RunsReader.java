package io.camatlas.spark.facts;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import io.camatlas.report.facts.FailureGroup;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.spark.results.AtlasFolder.Origin;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import io.camatlas.spark.results.FinishedRun;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/** Counts the images of the runs behind an atlas, and those that failed. */
public final class RunsReader {
  private static final int FAILURES_SHOWN = 200;
  private static final String PLACE = "place";

  private final SparkSession spark;
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final Map<String, List<FailureGroup.Failed>> shown = new HashMap<>();

  private RunsReader(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What runs read.
   *
   * @param sources one for each run
   * @param failures failed images by reason, most frequent first
   */
  public record Counted(List<ReportedDataset.Source> sources, List<FailureGroup> failures) {}

  /** The runs behind an atlas, each once. */
  public static List<FinishedRun> runs(List<Origin> origins) {
    Map<String, FinishedRun> byPlace = new TreeMap<>();
    origins.forEach(origin -> byPlace.put(origin.run().explanations(), origin.run()));
    return List.copyOf(byPlace.values());
  }

  /** Counts. */
  public static Counted read(SparkSession spark, List<Origin> origins) {
    RunsReader reader = new RunsReader(spark);
    List<ReportedDataset.Source> sources = runs(origins).stream().map(reader::source).toList();
    return new Counted(sources, reader.groups());
  }

  private ReportedDataset.Source source(FinishedRun run) {
    Dataset<Row> failures = spark.read().parquet(run.failures());
    long failed = 0;
    for (Row row :
        failures
            .groupBy(FailuresTable.STAGE, FailuresTable.REASON)
            .count()
            .orderBy(FailuresTable.STAGE, FailuresTable.REASON)
            .collectAsList()) {
      counts.merge(row.getString(0) + "\n" + row.getString(1), row.getLong(2), Long::sum);
      failed += row.getLong(2);
    }
    if (failed > 0) {
      show(failures);
    }
    long explained =
        spark
            .read()
            .parquet(run.explanations())
            .select(ExplanationsTable.IMAGE_ID)
            .distinct()
            .count();
    return new ReportedDataset.Source(
        run.id(),
        run.settings().getOrDefault("images", ""),
        run.folder(),
        run.started(),
        explained + failed,
        failed);
  }

  private List<FailureGroup> groups() {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .map(
            entry -> {
              String[] key = entry.getKey().split("\n", 2);
              return new FailureGroup(
                  key[0], key[1], entry.getValue(), shown.getOrDefault(entry.getKey(), List.of()));
            })
        .toList();
  }

  private void show(Dataset<Row> failures) {
    Column place =
        row_number()
            .over(
                Window.partitionBy(FailuresTable.STAGE, FailuresTable.REASON)
                    .orderBy(FailuresTable.IMAGE_ID));
    for (Row row :
        failures
            .withColumn(PLACE, place)
            .where(col(PLACE).leq(FAILURES_SHOWN))
            .orderBy(FailuresTable.STAGE, FailuresTable.REASON, PLACE)
            .collectAsList()) {
      FailuresTable.Failure failure = FailuresTable.fromRow(row);
      List<FailureGroup.Failed> group =
          shown.computeIfAbsent(
              failure.stage() + "\n" + failure.reason(), any -> new ArrayList<>());
      if (group.size() < FAILURES_SHOWN) {
        group.add(
            new FailureGroup.Failed(
                failure.imageId(),
                Objects.requireNonNullElse(failure.path(), ""),
                Objects.requireNonNullElse(failure.label(), ""),
                Objects.requireNonNullElse(failure.detail(), "")));
      }
    }
  }
}
