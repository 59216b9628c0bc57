package io.camatlas.report.findings;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;
import java.util.Comparator;

/**
 * A few sentences that deserve attention, and where their evidence is.
 *
 * @param severity of what it says
 * @param weight 0 to 1; orders findings of one severity
 * @param sentence plain text
 * @param evidence page with the evidence, and a fragment where it has one
 * @param linkText what the link to it says
 * @param classIndex class that it is about; -1 for the whole dataset
 */
public record Finding(
    Severity severity,
    double weight,
    String sentence,
    String evidence,
    String linkText,
    int classIndex) {

  /** Worst first. */
  public static final Comparator<Finding> WORST_FIRST =
      Comparator.comparing(Finding::severity)
          .thenComparing(Comparator.comparingDouble(Finding::weight).reversed())
          .thenComparingInt(Finding::classIndex);

  /** Of a class, with the evidence in a section of its page. */
  static Finding ofClass(
      ViewReport report,
      ClassReport one,
      Severity severity,
      double weight,
      String sentence,
      String section,
      String linkText) {
    String evidence = Pages.ofClass(report.view().number(), one.index()) + "#" + section;
    return new Finding(severity, weight, sentence, evidence, linkText, one.index());
  }

  /** Of everything. */
  static Finding ofAll(
      Severity severity, double weight, String sentence, String evidence, String linkText) {
    return new Finding(severity, weight, sentence, evidence, linkText, -1);
  }
}
