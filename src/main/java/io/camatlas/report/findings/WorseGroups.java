package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.SliceMeasure;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.SliceReport;
import io.camatlas.report.facts.Slices;
import io.camatlas.report.facts.ViewReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Images with something in common that the model predicts clearly worse than the others. */
final class WorseGroups implements Check.OfClass {
  /** The least difference of accuracy, at the favourable end of its interval. */
  private static final double LEAST = 0.05;

  /** The least difference of confidence, likewise. */
  private static final double LEAST_CONFIDENCE = 0.1;

  /** Why the check cannot be made without groups. */
  static final String WHY_NOT =
      "Nothing is known of the images by which they could be grouped, or every group is too small.";

  @Override
  public Basis basis() {
    return Basis.GROUPS;
  }

  @Override
  public boolean isOfLabelled() {
    return true;
  }

  @Override
  public String question() {
    return "Are some images of a class predicted worse than the others?";
  }

  @Override
  public String rule() {
    return ("Images are grouped by every further column of their source, and by brightness, contrast,"
            + " sharpness, greyness, size, shape and JPEG quality; numbers in quarters. A class is"
            + " listed if the accuracy of one of its groups is below that of its other images by"
            + " clearly more than %s, or the confidence by clearly more than %s, and of all such groups together at most one in"
            + " 20 is expected to be chance (Benjamini and Hochberg, over all groups, each"
            + " measure by itself). This is notable. The group with the largest difference is named.")
        .formatted(points(LEAST), points(LEAST_CONFIDENCE));
  }

  @Override
  public String threshold() {
    return "%s less accuracy, or %s less confidence"
        .formatted(points(LEAST), points(LEAST_CONFIDENCE));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> {
      if (report.slices().compared() == 0) {
        return Answer.notTestable(WHY_NOT);
      }
      if (Double.isNaN(report.view().predictions().accuracy())) {
        return Answer.notTestable("The images have no labels.");
      }
      if (one.predictions().labelled() < report.fewest()) {
        return Answer.notTestable("Too few images are labelled.");
      }
      if (report.slices().comparedIn(one.index()) == 0) {
        return Answer.notTestable("Its groups are too small to be compared.");
      }
      return worst(report.slices(), one.index())
          .map(
              group ->
                  Answer.failed(
                      Finding.ofClass(
                          report,
                          one,
                          Severity.NOTABLE,
                          Math.min(1, -group.difference()),
                          sentence(
                              "Of class '%s', images".formatted(one.name()),
                              report.slices(),
                              group),
                          "groups",
                          "All groups of its images")))
          .orElse(Answer.PASSED);
    };
  }

  /** The group with the largest sure difference, if one is predicted worse than the others. */
  static Optional<SliceReport> worst(Slices slices, int classIndex) {
    return slices.of(classIndex).stream()
        .filter(SliceReport::isSure)
        .filter(
            group ->
                (group.measure() == SliceMeasure.ACCURACY && group.high() < -LEAST)
                    || (group.measure() == SliceMeasure.CONFIDENCE
                        && group.high() < -LEAST_CONFIDENCE))
        .min(
            Comparator.comparing((SliceReport group) -> group.measure() != SliceMeasure.ACCURACY)
                .thenComparingDouble(SliceReport::difference));
  }

  /** What sets a group apart; the subject begins the sentence. */
  static String sentence(String subject, Slices slices, SliceReport group) {
    Optional<SliceReport> accuracy = slices.beside(group, SliceMeasure.ACCURACY);
    Optional<SliceReport> confidence = slices.beside(group, SliceMeasure.CONFIDENCE);
    return "%s %s are predicted %s; the others %s.%s"
        .formatted(
            subject,
            TraitWords.with(group.trait()),
            predicted(
                accuracy.map(one -> share(one.mean(), one.n())), confidence.map(SliceReport::mean)),
            predicted(
                accuracy.map(one -> share(one.restMean(), one.restN())),
                confidence.map(SliceReport::restMean)),
            group.isFew() ? " One of the two groups is small." : "");
  }

  private static String predicted(Optional<String> accuracy, Optional<Double> confidence) {
    List<String> parts = new ArrayList<>();
    accuracy.ifPresent(share -> parts.add("correctly in " + share));
    confidence.ifPresent(mean -> parts.add("with a confidence of " + percentOf(mean)));
    return String.join(", ", parts);
  }

  private static String share(double share, long n) {
    return "%s (%s of %s)".formatted(percentOf(share), countOf(Math.round(share * n)), countOf(n));
  }

  private static String points(double share) {
    return "%d percentage points".formatted(Math.round(100 * share));
  }
}
