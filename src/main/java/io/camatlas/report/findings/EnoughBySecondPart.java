package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.OtherImages;
import io.camatlas.causes.SecondPart;
import io.camatlas.causes.Suspect;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;

/**
 * A class for which something apart from what its maps mark most is enough as well, wherever it
 * lies: a mark beside the object, or the object beside a mark.
 */
final class EnoughBySecondPart implements Check.OfClass {
  private static final double AREA = SecondPart.SIDE * SecondPart.SIDE;

  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public long judged(ViewReport report, ClassReport one) {
    return tested(report, one).map(EnoughBySecondPart::pasted).orElse(0L);
  }

  @Override
  public String question() {
    return "Is a second part of the picture enough for a class, wherever it lies?";
  }

  @Override
  public String rule() {
    return ("In images predicted as the class, experiments take the brightest part of the map that"
            + " lies apart from its peak, %s of the picture, and paste it into images of other"
            + " classes. A class is listed if this turns at least %s more of them into the class than"
            + " as much from elsewhere, and clearly more than for the other classes (less than %s by"
            + " chance, over all classes). This is notable: only a person can see whether the part"
            + " is a mark or a second object.")
        .formatted(percentOf(AREA), percentOf(Cause.LEAST_EFFECT), percentOf(OtherImages.CHANCE));
  }

  @Override
  public String threshold() {
    return "%s of other images turned, and more than for other classes"
        .formatted(percentOf(Cause.LEAST_EFFECT));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> {
      Optional<Cause> cause = tested(report, one);
      if (cause.isEmpty()) {
        return Answer.notTestable("No second parts were tested, too few, or of one class alone.");
      }
      if (cause.get().verdict() == Cause.Verdict.CONFIRMED) {
        return Answer.failed(finding(report, one, cause.get()));
      }
      // What other classes have as well is no answer to the question.
      return cause.get().verdict() == Cause.Verdict.UNDECIDED && cause.get().standsOut()
          ? Answer.notTestable("Experiments leave open whether its second parts are enough for it.")
          : Answer.PASSED;
    };
  }

  private static Optional<Cause> tested(ViewReport report, ClassReport one) {
    return report.causesOf(one).stream()
        .filter(cause -> cause.suspect() instanceof Suspect.OfSecondPart)
        .filter(Cause::isCompared)
        .filter(cause -> pasted(cause) >= Cause.FEWEST)
        .findFirst();
  }

  /** Number of images whose second parts were pasted, or that have none. */
  private static long pasted(Cause cause) {
    return cause.effect(CauseTest.PASTE).map(Effect::n).orElse(0L);
  }

  private static Finding finding(ViewReport report, ClassReport one, Cause cause) {
    Effect pasted = cause.effect(CauseTest.PASTE).orElseThrow();
    return Finding.ofClass(
        report,
        one,
        Severity.NOTABLE,
        (1 + cause.size()) / 2,
        ("For class '%s' a second part of the picture is enough. Of the images predicted as it, the"
                + " brightest part apart from the map's peak, %s of the picture, was pasted into %s"
                + " of other classes: it turns %s of them into '%s', as much from elsewhere %s. An"
                + " image without such a part counts as one that does not turn. Of the images of other classes, %s turn in this way. It may be a mark, or a second object: look"
                + " at the pictures.")
            .formatted(
                one.name(),
                percentOf(AREA),
                countOf(pasted.n(), "image", "images"),
                percentOf(pasted.predicted().after()),
                one.name(),
                percentOf(pasted.predicted().control()),
                percentOf(cause.others().orElseThrow().share())),
        "experiments",
        "What was pasted");
  }
}
