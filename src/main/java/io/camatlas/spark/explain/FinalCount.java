package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;

import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.SourceImages;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import io.camatlas.spark.storage.RowCount;
import io.camatlas.spark.storage.RunFolder;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * What the tables have when a run ends.
 *
 * @param listed how the images of the listing appear in them
 * @param explanations number of rows
 * @param failures how often each reason is there, in the order of stages and reasons
 */
record FinalCount(CommittedImages.Tally listed, long explanations, Map<String, Long> failures) {
  /**
   * Rows of a first start that are counted in memory: Spark would plan for seconds to count ten.
   */
  private static final long FEW = 20_000;

  /**
   * Counts rows.
   *
   * @param rowsPerTarget rows that each target of an image has: one for each layer and rule
   * @param isFirst whether all rows are of images of this listing
   */
  static FinalCount of(
      SparkSession spark,
      RunFolder folder,
      SourceImages images,
      CommittedImages committed,
      int rowsPerTarget,
      boolean isFirst)
      throws IOException {
    Dataset<Row> explanations =
        table(spark, folder, ExplanationsTable.NAME, ExplanationsTable.SCHEMA);
    Dataset<Row> failures = table(spark, folder, FailuresTable.NAME, FailuresTable.SCHEMA);
    boolean isFew =
        isFirst
            && images.count() <= FEW
            && RowCount.of(spark, folder.table(ExplanationsTable.NAME)) <= FEW;
    return isFew
        ? ofFew(explanations, failures, images, rowsPerTarget)
        : new FinalCount(committed.tally(images), explanations.count(), reasons(failures));
  }

  private static Dataset<Row> table(
      SparkSession spark, RunFolder folder, String name, StructType schema) {
    return spark.read().schema(schema).parquet(folder.table(name));
  }

  private static Map<String, Long> reasons(Dataset<Row> failures) {
    Map<String, Long> byReason = new LinkedHashMap<>();
    failures
        .groupBy(FailuresTable.STAGE, FailuresTable.REASON)
        .agg(count(lit(1)).as("failed"))
        .orderBy(FailuresTable.STAGE, FailuresTable.REASON)
        .collectAsList()
        .forEach(row -> byReason.put(reason(row, 0), row.getLong(2)));
    return byReason;
  }

  private static String reason(Row row, int at) {
    return row.getString(at) + ": " + row.getString(at + 1);
  }

  /** Which row of an image one is: one for each target, layer and rule. */
  private record Slot(int target, String layer, int rule) {}

  /** The rows of one image. */
  private static final class Rows {
    private final Set<Slot> slots = new HashSet<>();
    private final Set<Integer> targets = new HashSet<>();
    private long explained;
    private long failed;

    void explained(Row row) {
      explained++;
      slots.add(new Slot(row.getInt(1), row.getString(2), row.getInt(3)));
      targets.add(row.getInt(4));
    }

    boolean isWhole(int rowsPerTarget) {
      if (failed > 0) {
        return failed == 1 && explained == 0;
      }
      return targets.size() == 1
          && explained == slots.size()
          && explained == (long) targets.iterator().next() * rowsPerTarget;
    }
  }

  /** Counts in memory. */
  static FinalCount ofFew(
      Dataset<Row> explanations, Dataset<Row> failures, SourceImages images, int rowsPerTarget) {
    Map<String, Rows> found = new HashMap<>();
    images
        .listing()
        .select(ImagesTable.IMAGE_ID)
        .collectAsList()
        .forEach(row -> found.put(row.getString(0), new Rows()));
    long explained = 0;
    Map<String, Long> reasons = new TreeMap<>();
    for (Row row : both(explanations, failures).collectAsList()) {
      boolean isFailure = !row.isNullAt(5);
      Rows own = found.get(row.getString(0));
      if (isFailure) {
        reasons.merge(reason(row, 5), 1L, Long::sum);
      } else {
        explained++;
      }
      if (own == null) {
        continue;
      }
      if (isFailure) {
        own.failed++;
      } else {
        own.explained(row);
      }
    }
    return new FinalCount(tally(found, rowsPerTarget), explained, reasons);
  }

  private static CommittedImages.Tally tally(Map<String, Rows> found, int rowsPerTarget) {
    long missing =
        found.values().stream().filter(rows -> rows.explained + rows.failed == 0).count();
    long whole = found.values().stream().filter(rows -> rows.isWhole(rowsPerTarget)).count();
    return new CommittedImages.Tally(
        whole,
        missing,
        found.size() - whole - missing,
        found.values().stream()
            .filter(rows -> rows.failed == 0)
            .mapToLong(rows -> rows.explained)
            .sum(),
        found.values().stream().filter(rows -> rows.failed > 0).count());
  }

  /** What has to be known of each row; of explanations, without stage and reason. */
  private static Dataset<Row> both(Dataset<Row> explanations, Dataset<Row> failures) {
    Column none = lit(null);
    Column[] explained =
        Stream.of(
                col(ExplanationsTable.IMAGE_ID),
                col(ExplanationsTable.TARGET_INDEX),
                col(ExplanationsTable.LAYER),
                col(ExplanationsTable.RULE),
                size(col(ExplanationsTable.TARGETS)),
                none.cast("string"),
                none.cast("string"))
            .toArray(Column[]::new);
    Column[] failed =
        Stream.of(
                col(FailuresTable.IMAGE_ID),
                none.cast("int"),
                none.cast("string"),
                none.cast("int"),
                none.cast("int"),
                col(FailuresTable.STAGE),
                col(FailuresTable.REASON))
            .toArray(Column[]::new);
    return explanations.select(explained).union(failures.select(failed));
  }
}
