package io.camatlas.spark.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.SparkSuite;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.Test;

/** Which of many numbers are judged. */
public class ComparisonTableTest extends SparkSuite {
  private static Row group(String value, long n, double low, double high) {
    double gap = (low + high) / 2;
    return new RowDraft(ComparisonTable.SCHEMA)
        .with(ComparisonTable.KIND, "slice")
        .with(ComparisonTable.MEASURE, "accuracy")
        .with(ComparisonTable.TRAIT, "camera")
        .with(ComparisonTable.VALUE, value)
        .with(ComparisonTable.N, n)
        .with(ComparisonTable.MEAN, 0.7)
        .with(ComparisonTable.WITH_N, n)
        .with(ComparisonTable.WITH_MEAN, 0.7 + gap)
        .with(ComparisonTable.PAIRS, 0L)
        .with(ComparisonTable.REST_N, 0L)
        .with(ComparisonTable.WITH_REST_N, 0L)
        .with(ComparisonTable.DIFFERENCE, gap)
        .with(ComparisonTable.LOW, low)
        .with(ComparisonTable.HIGH, high)
        .with(ComparisonTable.P, 1e-6)
        .with(ComparisonTable.Q, 1e-5)
        .row();
  }

  @Test
  public void aFallIsJudgedAmongManyLargerRisesAndManyOfFewImages() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      rows.add(group("rises " + i, 200, 0.15, 0.25));
      rows.add(group("of few " + i, 8, -0.9, -0.5));
      rows.add(group("unsure " + i, 30, -0.5, -0.01));
    }
    rows.add(group("B", 200, -0.18, -0.06));
    List<String> shown =
        ComparisonTable.shown(session().createDataFrame(rows, ComparisonTable.SCHEMA), 20, 20)
            .collectAsList()
            .stream()
            .map(row -> row.<String>getAs(ComparisonTable.VALUE))
            .toList();
    assertThat(shown).hasSize(40).contains("B").noneMatch(value -> value.startsWith("of few"));
  }
}
