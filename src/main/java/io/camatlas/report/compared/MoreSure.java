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

  @Override
  public String question() {
    return "Is the model surer than it is right?";
  }

  @Override
  public String rule() {
    return ("A class is listed if its mean confidence less its accuracy grows by at least %s points,"
            + " and confidence is above accuracy then. This is notable.")
        .formatted(ChangeWords.points(LEAST));
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    return one.change(ComparedKind.PREDICTION, ComparedClass.OVERCONFIDENCE)
        .filter(
            change ->
                change.isSure() && change.gap() >= LEAST && change.difference().withMean() >= LEAST)
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
                                    percentOf(mean(one, SliceMeasure.CONFIDENCE, true)),
                                    one.isAll()
                                        ? "its predictions"
                                        : "what it predicts for images of " + ChangeWords.name(one),
                                    percentOf(mean(one, SliceMeasure.ACCURACY, true))),
                            "%s sure and %s right"
                                .formatted(
                                    percentOf(mean(one, SliceMeasure.CONFIDENCE, false)),
                                    percentOf(mean(one, SliceMeasure.ACCURACY, false)))),
                        "prediction"),
                    change.measure(),
                    change.gap()));
  }

  private static double mean(OfClass one, SliceMeasure measure, boolean second) {
    return one.mean(ComparedKind.PREDICTION.text(), measure.text(), second);
  }
}
