package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.Wilson;
import io.camatlas.causes.Cause;
import io.camatlas.causes.Suspect;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Truth;
import io.camatlas.report.facts.ReportedView.Pointing;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;

/** Attention that is not on the object; correct predictions are then made for the wrong reason. */
final class MissedObjects implements Check.OfClass {
  /** A class is suspicious if its hit rate is below this share of the view's hit rate. */
  private static final double MISSES_BELOW = 0.6;

  /** Listed below a finding that shows by experiment what a class depends on. */
  private static final double BESIDE_ITS_CAUSE = 0.8;

  /** From this accuracy, a class is considered right for the wrong reason. */
  private static final double RIGHT_FROM = 0.5;

  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public long judged(ViewReport report, ClassReport one) {
    return one.truth().map(Truth::n).orElse(0L);
  }

  @Override
  public String question() {
    return "Does the model look at the object?";
  }

  @Override
  public String rule() {
    return ("A class is listed if its maps peak on the annotated object clearly less than %s as"
            + " often as those of a class do on average; if there is no other class to compare with, or"
            + " all of them miss, as the middle of the picture would. It is serious if the class is predicted correctly"
            + " in at least %s of its images, and experiments show what it depends on instead.")
        .formatted(percentOf(MISSES_BELOW), percentOf(RIGHT_FROM));
  }

  @Override
  public String threshold() {
    return "peak on the object in under %s of the mean over classes"
        .formatted(percentOf(MISSES_BELOW));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> of(report, one);
  }

  private static Answer of(ViewReport report, ClassReport one) {
    Optional<Pointing> ofAll = report.view().pointing();
    if (ofAll.isEmpty()) {
      return Answer.notTestable("No objects are annotated.");
    }
    if (one.truth().isEmpty() || one.truth().get().n() < report.fewest()) {
      return Answer.notTestable("Too few objects are annotated.");
    }
    Truth truth = one.truth().get();
    double expected = expected(report, ofAll.get());
    if (!(Wilson.high(truth.pointing(), truth.n()) < MISSES_BELOW * expected)) {
      return Answer.PASSED;
    }
    boolean right = one.predictions().accuracy() >= RIGHT_FROM;
    String subject =
        Double.isNaN(one.predictions().accuracy())
            ? "For class '%s' ".formatted(one.name())
            : "Class '%s' is predicted correctly in %s%s of its images, %s "
                .formatted(
                    one.name(),
                    right ? "" : "only ",
                    percentOf(one.predictions().accuracy()),
                    right ? "but" : "and");
    long hits = Math.round(truth.pointing() * truth.n());
    String share =
        hits == 0
            ? "none of " + countOf(truth.n())
            : "only %s (%s of %s)"
                .formatted(percentOf(truth.pointing()), countOf(hits), countOf(truth.n()));
    return Answer.failed(
        Finding.ofClass(
                report,
                one,
                right && isExplained(report, one) ? Severity.SERIOUS : Severity.NOTABLE,
                BESIDE_ITS_CAUSE * (1 - truth.pointing() / expected),
                (subject
                    + "the model looks at the object in %s. On average over classes it does so in %s; always"
                        .formatted(share, percentOf(ofAll.get().hits()))
                    + " guessing the centre would score %s."
                        .formatted(percentOf(truth.pointingCentre()))),
                "maps",
                "Where it looks instead")
            .because("the model looks beside its object"));
  }

  /**
   * How often a class's maps should peak on its object: as often as those of a class do on average.
   * Where that says nothing, as often as the middle of the picture would.
   */
  private static double expected(ViewReport report, Pointing ofAll) {
    long annotated =
        report.classes().stream()
            .flatMap(one -> one.truth().stream())
            .filter(truth -> truth.n() >= report.fewest())
            .count();
    boolean comparable = annotated > 1 && ofAll.hits() >= MISSES_BELOW * ofAll.centre();
    return comparable ? ofAll.hits() : Math.max(ofAll.hits(), ofAll.centre());
  }

  /** Whether experiments have shown what the class depends on instead. */
  private static boolean isExplained(ViewReport report, ClassReport one) {
    return report.causesOf(one).stream()
        .filter(
            cause ->
                cause.suspect() instanceof Suspect.OfPlace
                    // What lies in the middle may be the object.
                    || (cause.suspect() instanceof Suspect.OfPattern of
                        && !of.pattern().inTheMiddle()))
        .anyMatch(cause -> cause.verdict() == Cause.Verdict.CONFIRMED);
  }
}
