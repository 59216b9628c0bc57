package io.camatlas.report.compared;

import static io.camatlas.report.Numbers.percentOf;
import static io.camatlas.report.Numbers.threeDigits;

import io.camatlas.atlas.MapMeasure;
import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedKind;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Severity;
import java.util.Optional;

/** Maps are blank more often, or more spread out. */
final class AttentionReshaped implements ChangeCheck {
  private static final double LEAST_BLANK = 0.02;
  private static final double LEAST_SPREAD = 0.1;

  @Override
  public String question() {
    return "Are maps blank more often, or more spread out?";
  }

  @Override
  public String rule() {
    return ("A class is listed if %s points more of its maps are blank, which is notable, or if the"
            + " spread of its maps differs by at least %s, which is minor.")
        .formatted(ChangeWords.points(LEAST_BLANK), percentOf(LEAST_SPREAD));
  }

  @Override
  public boolean isAsked(Comparison comparison, OfClass one) {
    return one.isTested(ComparedKind.ATTENTION, ComparedClass.BLANK);
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    return one.change(ComparedKind.ATTENTION, ComparedClass.BLANK)
        .filter(change -> change.isSure() && ChangeWords.reaches(change.gap(), LEAST_BLANK))
        .map(
            change ->
                new Reported(
                    ChangeWords.finding(
                        one,
                        Severity.NOTABLE,
                        change.gap(),
                        ChangeWords.sentence(
                            comparison,
                            "%s of the maps of %s are blank"
                                .formatted(
                                    percentOf(change.difference().withMean()),
                                    ChangeWords.name(one)),
                            percentOf(change.difference().mean())),
                        "attention"),
                    change.measure(),
                    change.gap()))
        .or(() -> spread(comparison, one));
  }

  private static Optional<Reported> spread(Comparison comparison, OfClass one) {
    return one.change(ComparedKind.ATTENTION, MapMeasure.SPREAD.column())
        .filter(
            change ->
                change.isSure()
                    && ChangeWords.reaches(
                        Math.abs(change.gap()), LEAST_SPREAD * change.difference().mean()))
        .map(
            change ->
                new Reported(
                    ChangeWords.finding(
                        one,
                        Severity.MINOR,
                        Math.abs(change.gap()),
                        ChangeWords.sentence(
                            comparison,
                            "the maps of %s are %s: their spread is %s"
                                .formatted(
                                    ChangeWords.name(one),
                                    change.gap() > 0 ? "more spread out" : "less spread out",
                                    threeDigits(change.difference().withMean())),
                            threeDigits(change.difference().mean())),
                        "attention"),
                    change.measure(),
                    change.gap()));
  }
}
