package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;

import io.camatlas.report.facts.PicturesCompared;
import io.camatlas.report.facts.PicturesCompared.Comparison;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;

/** What is said of a class if nothing was shown of what its pictures have in common. */
final class NothingTested {
  private static final Answer NO_EXPERIMENTS =
      Answer.notTestable("No experiments were made on this class.");

  private static final Answer SMALL =
      Answer.notTestable(
          "Only pictures of the %s largest classes are compared."
              .formatted(countOf(PicturesCompared.CLASSES)));

  private static final Answer TOO_FEW = Answer.notTestable("Too few pictures could be compared.");

  private static final Answer LEFT_OUT =
      Answer.notTestable("What its pictures have in common was not tested.");

  static final Answer LEFT_OPEN =
      Answer.notTestable(
          "Experiments leave open whether the model uses what its pictures have in common.");

  private NothingTested() {}

  /**
   * Passed only if its pictures were compared and have nothing in common.
   *
   * @param comparison of the class's pictures
   */
  static Answer answer(ViewReport report, Optional<Comparison> comparison) {
    if (report.picturesCompared().isEmpty()) {
      return NO_EXPERIMENTS;
    }
    if (comparison.isEmpty()) {
      return SMALL;
    }
    if (comparison.get().n() == 0) {
      return TOO_FEW;
    }
    return comparison.get().found() ? LEFT_OUT : Answer.PASSED;
  }
}
