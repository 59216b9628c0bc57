package io.camatlas.report.compared;

import static io.camatlas.report.Numbers.threeDigits;

import io.camatlas.compare.ComparedClass;
import io.camatlas.compare.ComparedKind;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Severity;
import java.util.Optional;

/** Maps mark what the network uses less well. */
final class MapsMarkLess implements ChangeCheck {
  private static final double LEAST = 0.05;

  @Override
  public String question() {
    return "Do maps mark what the model uses less well?";
  }

  @Override
  public String rule() {
    return ("Asked only with tests of faithfulness of both. A class is listed if the area under its"
            + " insertion curve, less that of random maps, falls by at least %s, which is notable.")
        .formatted(threeDigits(LEAST));
  }

  @Override
  public boolean isAsked(Comparison comparison, OfClass one) {
    return one.isTested(ComparedKind.FAITHFULNESS, ComparedClass.INSERTION);
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    return one.change(ComparedKind.FAITHFULNESS, ComparedClass.INSERTION)
        .filter(change -> change.isSure() && ChangeWords.reaches(-change.gap(), LEAST))
        .map(
            change ->
                new Reported(
                    ChangeWords.finding(
                        one,
                        Severity.NOTABLE,
                        -change.gap(),
                        ChangeWords.sentence(
                            comparison,
                            "maps of %s mark what the model uses less well: their insertion"
                                    .formatted(ChangeWords.name(one))
                                + " curve lies above a random map's by "
                                + threeDigits(change.difference().withMean()),
                            threeDigits(change.difference().mean())),
                        "faithfulness"),
                    change.measure(),
                    change.gap()));
  }
}
