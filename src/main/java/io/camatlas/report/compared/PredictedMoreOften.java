package io.camatlas.report.compared;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedKind;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Severity;
import java.util.Optional;

/** A class is predicted for more of the images. */
final class PredictedMoreOften implements ChangeCheck {
  private static final double LEAST = 0.01;
  private static final double TIMES = 1.2;

  @Override
  public String question() {
    return "Is a class predicted for more images?";
  }

  @Override
  public String rule() {
    return ("A class is listed if the share of all images for which it is predicted grows by at least"
            + " %s points and a fifth. This is notable. That is also the case where one audit has"
            + " more images of the class.")
        .formatted(ChangeWords.points(LEAST));
  }

  @Override
  public boolean isAsked(Comparison comparison, OfClass one) {
    return one.isTested(ComparedKind.PREDICTION, ComparedClass.PREDICTED_SHARE);
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    return one.change(ComparedKind.PREDICTION, ComparedClass.PREDICTED_SHARE)
        .filter(
            change ->
                change.isSure()
                    && ChangeWords.reaches(change.gap(), LEAST)
                    && ChangeWords.reaches(
                        change.difference().withMean(), TIMES * change.difference().mean()))
        .map(
            change ->
                new Reported(
                    ChangeWords.finding(
                        one,
                        Severity.NOTABLE,
                        change.gap(),
                        ChangeWords.sentence(
                            comparison,
                            "%s is predicted for %s of %s%s"
                                .formatted(
                                    ChangeWords.name(one),
                                    percentOf(change.toldWith()),
                                    ChangeWords.images(comparison.all(), change),
                                    ChangeWords.interval(change)),
                            "for " + percentOf(change.told())),
                        "prediction"),
                    change.measure(),
                    change.gap()));
  }
}
