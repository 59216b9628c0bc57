package io.camatlas.spark.explain;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.SparkSuite;
import io.camatlas.spark.input.ImagesTable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** What is left to do, by names that are sent to all and by names that are joined in pieces. */
class NameJoinsTest {
  private static final long MANY = 300_000;

  private final Dataset<Row> listing = numbered(0, 50);
  private final Dataset<Row> done = numbered(7, 40).withColumn("other", lit(1));
  private final Dataset<Row> rows = listing.withColumn("content", lit(new byte[] {1, 2}));
  private final List<String> left =
      IntStream.concat(IntStream.range(0, 7), IntStream.range(40, 50))
          .mapToObj(i -> "image " + i)
          .toList();

  private static Dataset<Row> numbered(long from, long to) {
    return SparkSuite.session()
        .range(from, to)
        .select(concat(lit("image "), col("id")).as(ImagesTable.IMAGE_ID));
  }

  private static List<String> ids(Dataset<Row> rows) {
    return rows.select(ImagesTable.IMAGE_ID).collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static String plan(Dataset<Row> rows) {
    return rows.queryExecution().executedPlan().toString();
  }

  @Test
  void manyNamesAreNeverSentToAll() {
    Dataset<Row> few = NameJoins.missing(listing, 50, done, 33);
    Dataset<Row> many = NameJoins.missing(listing, MANY, done, MANY);
    assertThat(ids(few)).containsExactlyInAnyOrderElementsOf(left);
    assertThat(ids(many)).containsExactlyInAnyOrderElementsOf(left);
    // Spark takes both for small, and is told that they are not.
    assertThat(plan(few)).contains("Broadcast");
    assertThat(plan(many)).doesNotContain("Broadcast").contains("SortMergeJoin");
    Dataset<Row> files = numbered(0, 20).union(numbered(20, 50));
    Dataset<Row> ofFiles = NameJoins.missing(files, MANY, done, MANY);
    assertThat(ids(ofFiles)).containsExactlyInAnyOrderElementsOf(left);
    // Names are sorted once, and not once for each file.
    assertThat(plan(ofFiles).split("SortMergeJoin", -1)).hasSize(2);
  }

  @Test
  void namesOfAnyNumberGiveTheSameRows() {
    for (long doneCount : new long[] {33, MANY}) {
      for (long missing : new long[] {17, MANY}) {
        Dataset<Row> found =
            NameJoins.missingPacked(rows, listing, doneCount + missing, missing, done, doneCount);
        assertThat(ids(found)).containsExactlyInAnyOrderElementsOf(left);
        assertThat(found.columns()).containsExactly(rows.columns());
        // Rows with their content stay where they are unless both sides have many names.
        boolean stay = doneCount < MANY || missing < MANY;
        assertThat(plan(found).contains("Broadcast")).isEqualTo(stay);
      }
    }
  }
}
