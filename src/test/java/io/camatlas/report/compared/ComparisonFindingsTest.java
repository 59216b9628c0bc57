package io.camatlas.report.compared;

import static io.camatlas.report.compared.SampleComparison.changed;
import static io.camatlas.report.compared.SampleComparison.ofClass;
import static io.camatlas.report.compared.SampleComparison.ofRest;
import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedKind;
import io.camatlas.localize.Region;
import io.camatlas.report.compared.Comparison.Changed;
import io.camatlas.report.compared.Comparison.Labels;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Severity;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComparisonFindingsTest {
  private static final OfClass NO_CHANGE = ofClass(-1, "", List.of());

  private static List<Finding> findings(OfClass all, OfClass... classes) {
    return ComparisonFindings.of(SampleComparison.of(all, List.of(classes))).worstFirst();
  }

  private static Changed accuracy(double from, double with, double q) {
    return changed(ComparedKind.PREDICTION, "accuracy", from, with, q);
  }

  private static Changed region(String name, double from, double with) {
    return changed(ComparedKind.REGION, name, from, with, 0.001);
  }

  @Test
  void aClassThatGotWorseIsSeriousAndOneThatGotBetterIsMinor() {
    List<Finding> found =
        findings(
            NO_CHANGE,
            ofClass(0, "cup", List.of(accuracy(0.9, 0.95, 0.01))),
            ofClass(1, "key", List.of(accuracy(0.98, 0.34, 0.001))),
            ofClass(2, "leaf", List.of(accuracy(0.98, 0.34, 0.06))),
            ofClass(3, "fish", List.of(accuracy(0.98, 0.93, 0.01))));
    assertThat(found)
        .extracting(Finding::severity)
        .containsExactly(Severity.SERIOUS, Severity.NOTABLE, Severity.MINOR);
    assertThat(found.get(0).sentence())
        .isEqualTo(
            "With v2, 34 % of the images of 'key' are predicted right (63 to 65 points less, 95 %"
                + " interval); with v1, 98 %.");
    assertThat(found.get(0).evidence()).isEqualTo("classes/1.html#prediction");
  }

  @Test
  void theSmallestRegionThatAccountsForTheChangeIsNamed() {
    List<Finding> found =
        findings(
            NO_CHANGE,
            ofClass(
                0,
                "key",
                List.of(
                    region("bottom_left", 0.03, 0.12),
                    region("corners", 0.12, 0.21),
                    region("border", 0.3, 0.42),
                    region("centre", 0.4, 0.25))));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).place()).isEqualTo(Region.BOTTOM_LEFT.boxes());
    assertThat(found.get(0).severity()).isEqualTo(Severity.NOTABLE);
    assertThat(found.get(0).sentence())
        .startsWith("With v2, 12 % of the attention for 'key' lies in the bottom left corner");
    // Where no corner accounts for it, the whole border is named.
    assertThat(
            findings(
                    NO_CHANGE,
                    ofClass(
                        0,
                        "key",
                        List.of(region("bottom_left", 0.03, 0.05), region("border", 0.3, 0.42))))
                .get(0)
                .sentence())
        .contains("at the border");
  }

  /** What leaves one corner is a little more in all others. */
  @Test
  void thePlaceThatAttentionLeftIsNamed() {
    Finding found =
        findings(
                NO_CHANGE,
                ofClass(
                    0,
                    "key",
                    List.of(region("bottom_left", 0.2, 0.1), region("top_right", 0.05, 0.065))))
            .get(0);
    assertThat(found.place()).isEqualTo(Region.BOTTOM_LEFT.boxes());
    assertThat(found.severity()).isEqualTo(Severity.MINOR);
    assertThat(found.sentence()).contains("points less");
  }

  @Test
  void whatMostClassesDidIsToldOnce() {
    OfClass[] classes =
        IntStream.range(0, 10)
            .mapToObj(
                i -> ofClass(i, "class " + i, List.of(accuracy(0.9, i < 6 ? 0.83 : 0.9, 0.01))))
            .toArray(OfClass[]::new);
    List<Finding> found = findings(ofClass(-1, "", List.of(accuracy(0.9, 0.84, 0.001))), classes);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).sentence())
        .isEqualTo(
            "With v2, 84 % of all labelled images are predicted right (5.0 to 7.0 points less, 95 %"
                + " interval); with v1, 90 %. 6 of 10 classes changed this way.");
  }

  /** A network with more classes than the audited images have. */
  @Test
  void classesThatAreOnlyPredictedAreNotCountedAmongThoseThatChanged() {
    OfClass[] classes =
        IntStream.range(0, 160)
            .mapToObj(
                i ->
                    ofClass(
                        i,
                        "class " + i,
                        List.of(
                            i < 10
                                ? accuracy(0.9, 0.78, 0.001)
                                : changed(
                                    ComparedKind.PREDICTION,
                                    ComparedClass.PREDICTED_SHARE,
                                    0.001,
                                    0.0012,
                                    0.8))))
            .toArray(OfClass[]::new);
    Comparison comparison =
        SampleComparison.of(ofClass(-1, "", List.of(accuracy(0.9, 0.78, 0.001))), List.of(classes));
    ComparisonFindings findings = ComparisonFindings.of(comparison);
    assertThat(findings.worstFirst()).extracting(Finding::classIndex).containsExactly(-1);
    assertThat(findings.worstFirst().get(0).sentence())
        .endsWith("10 of 10 classes changed this way.");
    assertThat(findings.judged()).isEqualTo(10);
  }

  @Test
  void aNumberOfTheImagesInBothSaysSo() {
    OfClass key = ofClass(0, "key", List.of(accuracy(0.9, 0.6, 0.001)));
    OfClass grown =
        new OfClass(
            0,
            "key",
            key.images(),
            900,
            key.pairs(),
            key.meanMap(),
            key.withMeanMap(),
            key.moved(),
            key.changes(),
            List.of());
    assertThat(findings(NO_CHANGE, grown).get(0).sentence())
        .startsWith("With v2, 60 % of the images of 'key' in both are predicted right");
  }

  /** Programs that fail on serious findings count on it. */
  @Test
  void aClassThatDidWorseThanAllIsToldBesideThem() {
    OfClass[] classes =
        IntStream.range(0, 10)
            .mapToObj(
                i -> ofClass(i, "class " + i, List.of(accuracy(0.95, i < 1 ? 0.83 : 0.88, 0.01))))
            .toArray(OfClass[]::new);
    List<Finding> found = findings(ofClass(-1, "", List.of(accuracy(0.95, 0.875, 0.001))), classes);
    assertThat(found).extracting(Finding::classIndex).containsExactly(0, -1);
    assertThat(found)
        .extracting(Finding::severity)
        .containsExactly(Severity.SERIOUS, Severity.NOTABLE);
    assertThat(found.get(1).sentence()).endsWith("10 of 10 classes changed this way.");
  }

  /** In doubles, 0.8 less 0.9 is a little more than -0.1, and 0.03 less 0.02 less than 0.01. */
  @Test
  void differencesThatReachALimitCount() {
    assertThat(findings(NO_CHANGE, ofClass(0, "key", List.of(accuracy(0.9, 0.8, 0.01)))))
        .extracting(Finding::severity)
        .containsExactly(Severity.SERIOUS);
    assertThat(findings(NO_CHANGE, ofClass(0, "key", List.of(accuracy(0.92, 0.94, 0.01)))))
        .hasSize(1);
    assertThat(findings(NO_CHANGE, ofClass(0, "key", List.of(region("top_left", 0.02, 0.03)))))
        .hasSize(1);
  }

  /** Most images have no label, and the model is surer of these. */
  @Test
  void surenessIsThatOfTheImagesWhoseLabelIsKnown() {
    Finding found =
        findings(
                NO_CHANGE,
                ofClass(
                    0,
                    "key",
                    List.of(
                        accuracy(0.8, 0.79, 0.5),
                        changed(ComparedKind.PREDICTION, "confidence", 0.95, 0.97, 0.5),
                        changed(ComparedKind.PREDICTION, "overconfidence", 0.02, 0.1, 0.001))))
            .get(0);
    assertThat(found.sentence())
        .isEqualTo(
            "With v2, the model is 89 % sure of what it predicts for images of 'key', and 79 % of"
                + " them are right; with v1, 82 % sure and 80 % right.");
  }

  @Test
  void whatOneClassDidIsToldOfIt() {
    OfClass[] classes =
        IntStream.range(0, 10)
            .mapToObj(
                i -> ofClass(i, "class " + i, List.of(accuracy(0.9, i < 1 ? 0.3 : 0.9, 0.01))))
            .toArray(OfClass[]::new);
    List<Finding> found = findings(ofClass(-1, "", List.of(accuracy(0.9, 0.84, 0.001))), classes);
    assertThat(found).hasSize(1);
    assertThat(found.get(0).classIndex()).isZero();
  }

  /** One image of ten has a watermark: in all, a change of a tenth. */
  @Test
  void aChangeOfSomeImagesIsToldOfThem() {
    List<Finding> found =
        findings(
            ofClass(-1, "", List.of(ofRest(ComparedKind.REGION, "bottom_left", 0.034, 0.06, 0.01))),
            ofClass(0, "key", List.of()));
    assertThat(found).hasSize(1);
    assertThat(found.get(0).sentence())
        .isEqualTo(
            "With v2, 6 % of the attention in images that only it has lies in the bottom left"
                + " corner; with v1, 3.4 %.");
  }

  /** All classes got a little worse, and one of them surely so. */
  @Test
  void whatAllDidIsNotHiddenByOneThatIsSure() {
    OfClass[] classes =
        IntStream.range(0, 10)
            .mapToObj(
                i -> ofClass(i, "class " + i, List.of(accuracy(0.9, 0.85, i < 1 ? 0.01 : 0.2))))
            .toArray(OfClass[]::new);
    List<Finding> found = findings(ofClass(-1, "", List.of(accuracy(0.9, 0.85, 0.001))), classes);
    assertThat(found).extracting(Finding::classIndex).containsExactly(-1);
  }

  @Test
  void smallDifferencesAreNotTold() {
    assertThat(
            findings(
                NO_CHANGE,
                ofClass(
                    0,
                    "key",
                    List.of(
                        accuracy(0.9, 0.89, 1e-9),
                        region("top_left", 0.04, 0.045),
                        region("centre", 0.4, 0.42)))))
        .isEmpty();
  }

  private static Comparison withLabels(Comparison comparison, long images, long withImages) {
    return new Comparison(
        comparison.from(),
        comparison.with(),
        comparison.all(),
        comparison.classes(),
        new Labels(images, withImages),
        comparison.counts(),
        true,
        comparison.fewest(),
        List.of());
  }

  /** Silence about predictions must not be taken for a pass. */
  @Test
  void theVerdictSaysThatAccuracyWasNotCompared() {
    OfClass seen = ofClass(-1, "", List.of(region("centre", 0.4, 0.41)));
    Comparison comparison = SampleComparison.of(seen, List.of());
    ComparisonFindings findings = ComparisonFindings.of(comparison);
    String rest = " Nothing else that matters differs between v1 and v2. 3 of 40 numbers differ";
    assertThat(findings.verdict(withLabels(comparison, 1_000, 0)))
        .startsWith("Accuracy could not be compared: v2 has no images with a label." + rest);
    assertThat(findings.verdict(withLabels(comparison, 1, 1_000)))
        .startsWith("Accuracy could not be compared: v1 has only 1 image with a label." + rest);
    assertThat(findings.verdict(withLabels(comparison, 0, 0)))
        .startsWith("Accuracy could not be compared: neither has images with a label." + rest);
    assertThat(findings.notJudged(withLabels(comparison, 50, 50)))
        .contains("accuracy could not be compared: too few images with a label are in both");
    Comparison moved =
        SampleComparison.of(ofClass(-1, "", List.of(region("top_left", 0.1, 0.4))), List.of());
    assertThat(ComparisonFindings.of(moved).verdict(withLabels(moved, 9, 0)))
        .startsWith("v2 differs from v1 in a way that deserves a look, over all classes.")
        .endsWith("explains. Accuracy could not be compared: v2 has no images with a label.");
    Comparison labelled =
        SampleComparison.of(ofClass(-1, "", List.of(accuracy(0.9, 0.9, 1))), List.of());
    assertThat(findings.notJudged(labelled)).isEmpty();
    assertThat(findings.verdict(labelled)).startsWith("Nothing that matters differs");
  }

  @Test
  void aClassWithFewImagesIsNotJudged() {
    Comparison comparison =
        SampleComparison.of(
            ofClass(-1, "", List.of()), List.of(ofClass(0, "key", List.of(accuracy(1, 0, 1e-9)))));
    Comparison strict =
        new Comparison(
            comparison.from(),
            comparison.with(),
            comparison.all(),
            comparison.classes(),
            comparison.labels(),
            comparison.counts(),
            true,
            101,
            List.of());
    ComparisonFindings findings = ComparisonFindings.of(strict);
    assertThat(findings.worstFirst()).isEmpty();
    assertThat(findings.judges(strict)).isFalse();
    assertThat(findings.verdict(strict)).isEqualTo("v2 and v1 have too few images to be compared.");
  }

  /**
   * A question whose numbers no class has was not asked, and classes with few images are told of.
   */
  @Test
  void whatWasNotComparedIsSaid() {
    OfClass enough = ofClass(0, "cup", List.of(accuracy(0.9, 0.9, 0.9)));
    OfClass few = ofClass(1, "key", List.of());
    Comparison comparison = SampleComparison.of(NO_CHANGE, List.of(enough, few));
    ComparisonFindings found = ComparisonFindings.of(comparison);
    assertThat(found.questions())
        .filteredOn(ComparisonFindings.Asked::isTested)
        .extracting(ComparisonFindings.Asked::question)
        .containsExactly("Is a class predicted right less often?");
    assertThat(found.verdict(comparison)).endsWith(" One class has too few images to be compared.");
  }
}
