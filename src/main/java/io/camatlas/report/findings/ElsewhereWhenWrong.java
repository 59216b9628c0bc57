package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Maps;
import io.camatlas.report.facts.ClassReport.Split;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;

/** Wrong predictions whose maps differ from those of correct ones. */
final class ElsewhereWhenWrong implements Check.OfClass {
  /** Mean maps that overlap by less than this differ. */
  private static final double OVERLAP_BELOW = 0.6;

  /** The difference must also exceed this many times what chance gives. */
  private static final double TIMES_CHANCE = 1.5;

  /** Why two kinds cannot be compared. */
  static final String TOO_FEW = "There are too few correct or too few wrong predictions.";

  @Override
  public String question() {
    return "Does the model look elsewhere when it is wrong?";
  }

  @Override
  public String rule() {
    return ("A class is listed if the mean maps of its correct and its wrong predictions overlap by"
            + " less than %s, and differ more than %s times as much as chance would give. There"
            + " must be at least %d predictions of each kind.")
        .formatted(percentOf(OVERLAP_BELOW), Numbers.plain(TIMES_CHANCE), FEWEST);
  }

  @Override
  public String threshold() {
    return "mean maps overlap by less than %s".formatted(percentOf(OVERLAP_BELOW));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> of(report, one);
  }

  private static Answer of(ViewReport report, ClassReport one) {
    Maps maps = one.maps();
    if (maps.visible() < report.fewest() || tooFew(maps.right()) || tooFew(maps.wrong())) {
      return Answer.notTestable(TOO_FEW);
    }
    double overlap = maps.right().mean().get().overlap(maps.wrong().mean().get());
    if (!isElsewhere(overlap, maps.right(), maps.wrong(), maps.variance())) {
      return Answer.PASSED;
    }
    return Answer.failed(
        Finding.ofClass(
            report,
            one,
            // Mistakes mostly look elsewhere, whatever a class is recognised by.
            Severity.MINOR,
            1 - overlap,
            ("When the model is wrong about class '%s', it looks in different places from when it"
                    + " is right: the mean maps of %s correct and %s wrong predictions overlap by %s.")
                .formatted(
                    one.name(),
                    countOf(maps.right().n()),
                    countOf(maps.wrong().n()),
                    percentOf(overlap)),
            "maps",
            "Correct against wrong"));
  }

  /**
   * The expected value of 1 - overlap if correct and wrong maps came from the same distribution: ½
   * Σ E|Δ| of the two means, whose differences are nearly normal.
   */
  private static double differenceByChance(Split right, Split wrong, Optional<Grid> variance) {
    if (variance.isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    double sum = 0;
    for (double one : variance.get().values()) {
      sum += Math.sqrt(2 / Math.PI * one * (1.0 / right.n() + 1.0 / wrong.n()));
    }
    return sum / 2;
  }

  /** Whether there are too few maps of one kind to be compared with others. */
  static boolean tooFew(Split split) {
    return split.n() < FEWEST || split.mean().isEmpty();
  }

  /** Whether the mean maps of two kinds differ by more than chance, and by much. */
  static boolean isElsewhere(double overlap, Split right, Split wrong, Optional<Grid> variance) {
    return overlap < OVERLAP_BELOW
        && 1 - overlap > TIMES_CHANCE * differenceByChance(right, wrong, variance);
  }
}
