package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.FixedPattern;
import io.camatlas.causes.Place;
import io.camatlas.causes.Suspect;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.PicturesCompared.Comparison;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;

/**
 * A mark, a frame or a scale bar that many pictures of a class show in one place and others do not,
 * and that the model uses. It is found in the pictures, so that it need not be what the maps mark
 * most.
 */
final class PatternInPictures implements Check.OfClass {
  /** A place is told once: not again if a finding about maps holds so much of it. */
  private static final double MOSTLY = 0.5;

  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public boolean isOfLabelled() {
    return true;
  }

  @Override
  public long judged(ViewReport report, ClassReport one) {
    return report.picturesComparedOf(one).forPatterns().map(Comparison::n).orElse(0L);
  }

  @Override
  public String question() {
    return "Do a class's pictures show something in one place that others do not, and is it used?";
  }

  @Override
  public String rule() {
    return ("The mean of the class's pictures is compared with that of all others, without what is"
            + " smooth in them. Where they differ in clearly more than chance gives, experiments cover"
            + " that place and paste it into other images. A class is listed if they confirm that the"
            + " model uses it, and no check of maps names the place as seriously. What lies in the"
            + " middle, where objects lie, counts only if a class has nothing elsewhere, where its mean"
            + " differs by a standard deviation of its pictures, and if at most half of the classes"
            + " have such a place; it is notable at most. %s")
        .formatted(Evidence.RULE);
  }

  @Override
  public String threshold() {
    return "experiments confirm what at least %d pictures have in common"
        .formatted(FixedPattern.FEWEST);
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    Function<ClassReport, Optional<HotSpot>> spots = OneSpot.reportedBy(report);
    return one -> {
      Evidence evidence = Evidence.ofPattern(report, one);
      if (evidence.cause().isEmpty()) {
        return NothingTested.answer(report, report.picturesComparedOf(one).forPatterns());
      }
      if (evidence.cause().get().hasTooFew()) {
        return Answer.notTestable("Too few of its images could be tested.");
      }
      return switch (evidence.cause().get().verdict()) {
        case CONFIRMED ->
            isTold(report, one, spots, evidence)
                ? Answer.PASSED
                : Answer.failed(finding(report, one, evidence));
        case REFUTED -> Answer.PASSED;
        case UNDECIDED -> NothingTested.LEFT_OPEN;
      };
    };
  }

  private static FixedPattern pattern(Evidence evidence) {
    return ((Suspect.OfPattern) evidence.cause().orElseThrow().suspect()).pattern();
  }

  /** What is the same in the middle may be the object. */
  private static Severity severity(Evidence evidence) {
    Severity severity = evidence.severity();
    return severity == Severity.SERIOUS && pattern(evidence).inTheMiddle()
        ? Severity.NOTABLE
        : severity;
  }

  /** Whether a check of maps names the place, and is confirmed to be as serious. */
  private static boolean isTold(
      ViewReport report,
      ClassReport one,
      Function<ClassReport, Optional<HotSpot>> spots,
      Evidence evidence) {
    Place place = pattern(evidence).place();
    Optional<Place> told =
        spots
            .apply(one)
            .map(spot -> spot.asPlace(OneSpot.map(report, one)))
            .or(
                () ->
                    FlaggedRegions.worst(report, one)
                        .map(share -> new Place(share.region().boxes())));
    return told.filter(other -> place.shared(other) >= MOSTLY * place.area())
        .map(other -> Evidence.of(report, one, other))
        .filter(Evidence::confirms)
        .filter(other -> other.severity().compareTo(severity(evidence)) <= 0)
        .isPresent();
  }

  private static Finding finding(ViewReport report, ClassReport one, Evidence evidence) {
    FixedPattern pattern = pattern(evidence);
    String where = PlaceWords.where(pattern.place());
    return Finding.ofClass(
            report,
            one,
            severity(evidence),
            evidence.weight(1),
            ("Pictures of class '%s' show something %s that others do not: there the mean of %s"
                        + " differs from that of the other classes, on %s of the picture.")
                    .formatted(
                        one.name(),
                        where,
                        countOf(pattern.n(), "picture", "pictures"),
                        percentOf(pattern.place().area()))
                + evidence.sentences(one, PlaceWords.covered(pattern.place()))
                + (pattern.inTheMiddle()
                    ? " It may belong to what lies in the middle, where objects are: the pictures show"
                        + " whether it is a mark, or the object itself, photographed alike each time."
                    : ""),
            "experiments",
            "What was covered and pasted")
        .because(pattern.inTheMiddle() ? "" : evidence.reason(where))
        .at(pattern.place());
  }
}
