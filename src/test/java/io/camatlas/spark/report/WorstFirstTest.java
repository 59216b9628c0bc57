package io.camatlas.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.report.facts.FailureGroup;
import io.camatlas.report.facts.PlainViews;
import io.camatlas.report.facts.ReportedDataset;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Findings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed first of an atlas of several layers and runs. */
class WorstFirstTest {
  private static Findings ofImages(long failed) {
    return Findings.of(
        new ReportedDataset(
            "title",
            "1",
            "2026-01-01T00:00:00Z",
            List.of(new ReportedDataset.Source("a", "", "", "", 1_000, failed)),
            List.of(new FailureGroup("decode", "truncated", failed, List.of())),
            List.of()));
  }

  private static List<String> sentences(List<ViewReport> views, long failed) {
    return ReportJob.worstFirst(views, ofImages(failed)).stream().map(Finding::sentence).toList();
  }

  @Test
  void whatIsSaidOfPredictionsIsSaidOncePerRun() {
    List<ViewReport> views =
        List.of(
            PlainViews.of(1, "r", "layer3", 0.3, 7, "a", "b"),
            PlainViews.of(2, "r", "layer4", 0.3, 9, "a", "b"));
    assertThat(sentences(views, 0))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("The model is overconfident"),
            second -> assertThat(second).startsWith("9 of the layer's 100 feature maps"),
            third -> assertThat(third).startsWith("7 of the layer's 100 feature maps"));
  }

  @Test
  void theRunThatTheVerdictIsAboutComesFirst() {
    List<ViewReport> views =
        List.of(
            PlainViews.of(1, "last", "layer4", 0, 7, "a", "b"),
            PlainViews.of(2, "before", "layer4", 0.3, 0, "a", "b"),
            PlainViews.of(3, "last", "layer3", 0, 9, "a", "b"));
    assertThat(sentences(views, 0))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("9 of the layer's"),
            second -> assertThat(second).startsWith("7 of the layer's"),
            third -> assertThat(third).startsWith("The model is overconfident"));
  }

  @Test
  void imagesThatFailedCountWithTheFirstRun() {
    List<ViewReport> views =
        List.of(
            PlainViews.of(1, "last", "layer4", 0, 7, "a", "b"),
            PlainViews.of(2, "before", "layer4", 0.3, 0, "a", "b"));
    assertThat(sentences(views, 15))
        .satisfiesExactly(
            first -> assertThat(first).contains("15 of 1,000 images"),
            second -> assertThat(second).startsWith("7 of the layer's"),
            third -> assertThat(third).startsWith("The model is overconfident"));
    assertThat(sentences(List.of(PlainViews.of(1, "r", "layer4", "a")), 0)).isEmpty();
  }
}
