package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.strategies.ErrorSlice;
import io.camatlas.strategies.Splitting;
import java.util.List;
import java.util.function.Function;

/** Images that are alike to the model and that it predicts worse than the others of their class. */
final class WorseRegion implements Check.OfClass {
  private static final int NAMED = 2;

  @Override
  public Basis basis() {
    return Basis.REGIONS;
  }

  @Override
  public boolean isOfLabelled() {
    return true;
  }

  @Override
  public String question() {
    return "Are some similar images of a class predicted worse than the others?";
  }

  @Override
  public String rule() {
    return "The images of a class are divided into regions by their mean activations, without a look"
        + " at predictions. A class is listed if a region is surely predicted worse than its other"
        + " images (Fisher's exact test; of all such regions together at most one in 20 is expected"
        + " to be chance). The region with the largest difference is named. This is minor: images"
        + " that a model mistakes are often alike to it. Their pictures show what they share.";
  }

  @Override
  public String threshold() {
    return "a sure difference";
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> {
      if (!report.strategies().searched()) {
        return Answer.notTestable("Regions were not searched for.");
      }
      if (one.predictions().labelled()
          < Math.max(report.fewest(), Splitting.INTO_REGIONS.smallest())) {
        return Answer.notTestable("Too few images are labelled.");
      }
      List<ErrorSlice> found = report.strategies().errorsOf(one.index());
      return found.isEmpty() ? Answer.PASSED : Answer.failed(finding(report, one, found.get(0)));
    };
  }

  private static Finding finding(ViewReport report, ClassReport one, ErrorSlice worst) {
    double gap = worst.restAccuracy() - worst.accuracy();
    StringBuilder sentence =
        new StringBuilder(
            "Of class '%s', %s look alike to the model, and %s of them are predicted correctly; of the others, %s are."
                .formatted(
                    one.name(),
                    countOf(worst.images(), "image", "images"),
                    percentOf(worst.accuracy()),
                    percentOf(worst.restAccuracy())));
    worst.traits().stream()
        .limit(NAMED)
        .forEach(trait -> sentence.append(' ').append(TraitWords.often(trait)));
    return Finding.ofClass(
        report, one, Severity.MINOR, gap, sentence.toString(), "regions-worse", "These images");
  }
}
