package io.camatlas.report.compared;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.SliceMeasure;
import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedKind;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Severity;
import java.util.Optional;

/** The network is surer than it is right, by more than before. */
final class MoreSure implements ChangeCheck {
  private static final double LEAST = 0.05;
  private static final String ACCURACY = SliceMeasure.ACCURACY.text();

  @Override
  public String question() {
    return "Is the model surer than it is right?";
  }

  @Override
  public String rule() {
    return ("A class is listed if its mean confidence in labelled images less its accuracy grows by at least %s"
            + " points, and confidence is above accuracy by as much then. This is notable.")
        .formatted(ChangeWords.points(LEAST));
  }

  @Override
  public boolean isAsked(Comparison comparison, OfClass one) {
    return one.isTested(ComparedKind.PREDICTION, ComparedClass.OVERCONFIDENCE);
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    return one.change(ComparedKind.PREDICTION, ComparedClass.OVERCONFIDENCE)
        .filter(
            change ->
                change.isSure()
                    && ChangeWords.reaches(change.gap(), LEAST)
                    && ChangeWords.reaches(change.difference().withMean(), LEAST))
        .map(
            change ->
                new Reported(
                    ChangeWords.finding(
                        one,
                        Severity.NOTABLE,
                        change.gap() / 2,
                        ChangeWords.sentence(
                            comparison,
                            "the model is %s sure of %s, and %s of them are right"
                                .formatted(
                                    percentOf(sureness(one, true)),
                                    one.isAll()
                                        ? "its predictions"
                                        : "what it predicts for images of " + ChangeWords.name(one),
                                    percentOf(mean(one, ACCURACY, true))),
                            "%s sure and %s right"
                                .formatted(
                                    percentOf(sureness(one, false)),
                                    percentOf(mean(one, ACCURACY, false)))),
                        "prediction"),
                    change.measure(),
                    change.gap()));
  }

  /** Mean confidence in labelled images; that of all images tells of others, too. */
  private static double sureness(OfClass one, boolean second) {
    return mean(one, ACCURACY, second) + mean(one, ComparedClass.OVERCONFIDENCE, second);
  }

  private static double mean(OfClass one, String measure, boolean second) {
    return one.mean(ComparedKind.PREDICTION.text(), measure, second);
  }
}
