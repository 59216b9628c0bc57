package io.camatlas.report.compared;

import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Finding;
import java.util.Optional;

/**
 * A question about what changed between two audits. Its thresholds are constants of the
 * implementing class; {@link #rule} states them in words.
 */
interface ChangeCheck {
  /** The question, as the legend prints it. */
  String question();

  /** When something is reported, in full sentences with every threshold. */
  String rule();

  /**
   * Whether the number that it is about was compared.
   *
   * @param one a class with enough images in both audits, or all classes
   */
  boolean isAsked(Comparison comparison, OfClass one);

  /**
   * What is reported of a class, or of all classes together.
   *
   * @param one a class with enough images in both audits
   */
  Optional<Reported> of(Comparison comparison, OfClass one);

  /**
   * Something that changed.
   *
   * @param what names the number, so that the same change in many classes is told once
   * @param gap second less first
   */
  record Reported(Finding finding, String what, double gap) {}
}
