package io.camatlas.report.compared;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.SliceMeasure;
import io.camatlas.compare.ComparedKind;
import io.camatlas.report.compared.Comparison.Changed;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Severity;
import java.util.Optional;

/** A class is predicted right less often, or more often. */
final class AccuracyChanged implements ChangeCheck {
  private static final double LEAST = 0.02;
  private static final double LARGE = 0.1;

  @Override
  public String question() {
    return "Is a class predicted right less often?";
  }

  @Override
  public String rule() {
    return ("A class is listed if its accuracy differs by at least %s points. Less by %s points or"
            + " more is serious, less is notable, more is minor.")
        .formatted(ChangeWords.points(LEAST), ChangeWords.points(LARGE));
  }

  @Override
  public boolean isAsked(Comparison comparison, OfClass one) {
    return one.isTested(ComparedKind.PREDICTION, SliceMeasure.ACCURACY.text());
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    return one.change(ComparedKind.PREDICTION, SliceMeasure.ACCURACY.text())
        .filter(change -> change.isSure() && ChangeWords.reaches(Math.abs(change.toldGap()), LEAST))
        .map(change -> reported(comparison, one, change));
  }

  private static Reported reported(Comparison comparison, OfClass one, Changed change) {
    double gap = change.toldGap();
    Severity severity =
        gap >= 0
            ? Severity.MINOR
            : ChangeWords.reaches(-gap, LARGE) ? Severity.SERIOUS : Severity.NOTABLE;
    String sentence =
        ChangeWords.sentence(
            comparison,
            "%s of %s are predicted right%s"
                .formatted(
                    percentOf(change.toldWith()),
                    ChangeWords.labelledImages(one, change),
                    ChangeWords.interval(change)),
            percentOf(change.told()));
    return new Reported(
        ChangeWords.finding(one, severity, Math.abs(gap), sentence, "prediction"),
        change.measure(),
        change.gap());
  }
}
