package io.camatlas.spark.compare;

import io.camatlas.report.compared.Comparison;
import io.camatlas.report.compared.ComparisonFindings;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Severity;
import java.util.List;

/**
 * The contents of a comparison's {@code findings.json}, for programs.
 *
 * @param version raised whenever a name or a meaning changes
 * @param from what the first audit is called
 * @param with what the second is called
 * @param counts numbers that were tested, by kind, and how many of them changed
 * @param checks every question, with its rule
 * @param findings worst first
 */
record ComparisonJson(
    int version,
    String verdict,
    String from,
    String with,
    List<Counted> counts,
    List<Asked> checks,
    List<Found> findings) {
  /** The present version. */
  static final int VERSION = 1;

  /** Numbers of one kind. */
  record Counted(String kind, long tested, long changed) {}

  /**
   * A question.
   *
   * @param severity of the worst finding; left out if there is none
   * @param tested whether the number that it is about was compared
   */
  record Asked(String question, String rule, int findings, String severity, boolean tested) {}

  /**
   * A finding.
   *
   * @param className left out for all classes
   * @param evidence page of the report with the evidence
   */
  record Found(
      String severity,
      double weight,
      String className,
      Integer classIndex,
      String sentence,
      String evidence) {}

  static ComparisonJson of(Comparison comparison, ComparisonFindings findings) {
    return new ComparisonJson(
        VERSION,
        findings.verdict(comparison),
        comparison.from().label(),
        comparison.with().label(),
        comparison.counts().stream()
            .map(one -> new Counted(one.kind().text(), one.tested(), one.changed()))
            .toList(),
        findings.questions().stream()
            .map(
                one ->
                    new Asked(
                        one.question(),
                        one.rule(),
                        one.findings(),
                        one.worst().map(Severity::word).orElse(null),
                        one.isTested()))
            .toList(),
        findings.worstFirst().stream().map(finding -> found(finding, comparison)).toList());
  }

  private static Found found(Finding finding, Comparison comparison) {
    boolean ofAll = finding.classIndex() < 0;
    return new Found(
        finding.severity().word(),
        finding.weight(),
        ofAll
            ? null
            : comparison.classes().stream()
                .filter(one -> one.index() == finding.classIndex())
                .map(Comparison.OfClass::name)
                .findFirst()
                .orElse(null),
        ofAll ? null : finding.classIndex(),
        finding.sentence(),
        finding.evidence());
  }
}
