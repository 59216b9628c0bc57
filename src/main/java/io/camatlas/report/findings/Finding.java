package io.camatlas.report.findings;

import io.camatlas.causes.Place;
import io.camatlas.localize.FractionBox;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;
import java.util.Comparator;
import java.util.List;

/**
 * A few sentences about something that deserves attention, with a link to the evidence.
 *
 * @param severity how serious it is
 * @param weight 0 to 1; orders findings of the same severity
 * @param sentence plain text
 * @param evidence page with the evidence, with a fragment if there is one
 * @param linkText text of the link to the evidence
 * @param classIndex index of the class concerned; -1 for the whole dataset
 * @param reason why not to rely on the class, as a clause that follows its name: {@code it depends
 *     on the bottom left corner}; empty if the sentence says no more than what was seen
 * @param place where it is in what the network sees; empty if it is about no place
 */
public record Finding(
    Severity severity,
    double weight,
    String sentence,
    String evidence,
    String linkText,
    int classIndex,
    String reason,
    List<FractionBox> place) {

  /** A finding that gives no reason not to rely on anything. */
  Finding(
      Severity severity,
      double weight,
      String sentence,
      String evidence,
      String linkText,
      int classIndex) {
    this(severity, weight, sentence, evidence, linkText, classIndex, "", List.of());
  }

  /** The same with a reason. */
  Finding because(String why) {
    return new Finding(severity, weight, sentence, evidence, linkText, classIndex, why, place);
  }

  /** The same with another sentence at its end. */
  Finding saying(String more) {
    return new Finding(
        severity, weight, sentence + more, evidence, linkText, classIndex, reason, place);
  }

  /** The same at a place. */
  Finding at(Place where) {
    return new Finding(
        severity, weight, sentence, evidence, linkText, classIndex, reason, where.boxes());
  }

  /** Worst first. */
  public static final Comparator<Finding> WORST_FIRST =
      Comparator.comparing(Finding::severity)
          .thenComparing(Comparator.comparingDouble(Finding::weight).reversed())
          .thenComparingInt(Finding::classIndex);

  /** A finding about a class, with the evidence in a section of its page. */
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

  /** A finding about the whole dataset. */
  static Finding ofAll(
      Severity severity, double weight, String sentence, String evidence, String linkText) {
    return new Finding(severity, weight, sentence, evidence, linkText, -1);
  }
}
