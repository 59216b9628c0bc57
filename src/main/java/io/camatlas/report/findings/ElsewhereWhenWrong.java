package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Maps;
import io.camatlas.report.facts.ViewReport;
import java.util.function.Function;

/** Wrong predictions whose maps differ from those of correct ones. */
final class ElsewhereWhenWrong implements Check.OfClass {
  /** Mean maps that overlap by less than this differ. */
  private static final double OVERLAP_BELOW = 0.6;

  /** The difference must also exceed this many times what chance gives. */
  private static final double TIMES_CHANCE = 1.5;

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
    if (maps.visible() < report.fewest()
        || maps.right().n() < FEWEST
        || maps.wrong().n() < FEWEST
        || maps.right().mean().isEmpty()
        || maps.wrong().mean().isEmpty()) {
      return Answer.notTestable("There are too few correct or too few wrong predictions.");
    }
    double overlap = maps.right().mean().get().overlap(maps.wrong().mean().get());
    if (!(overlap < OVERLAP_BELOW && 1 - overlap > TIMES_CHANCE * differenceByChance(maps))) {
      return Answer.PASSED;
    }
    return Answer.failed(
        Finding.ofClass(
            report,
            one,
            Severity.NOTABLE,
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
  private static double differenceByChance(Maps maps) {
    if (maps.variance().isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    double sum = 0;
    for (double variance : maps.variance().get().values()) {
      sum += Math.sqrt(2 / Math.PI * variance * (1.0 / maps.right().n() + 1.0 / maps.wrong().n()));
    }
    return sum / 2;
  }
}
