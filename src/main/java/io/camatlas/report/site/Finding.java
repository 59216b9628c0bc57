package io.camatlas.report.site;

import java.util.Comparator;

/**
 * One sentence that deserves attention, and where its evidence is.
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
}
