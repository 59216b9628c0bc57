package io.camatlas.report.compared;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.compare.ComparedKind;
import io.camatlas.report.compared.Comparison.Changed;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.findings.Severity;
import java.util.Comparator;
import java.util.Optional;

/** A feature map supplies more, or less, of the evidence for a class. */
final class EvidenceMoved implements ChangeCheck {
  private static final double LEAST = 0.02;
  private static final double LARGE = 0.1;

  @Override
  public String question() {
    return "Does the evidence come from other feature maps?";
  }

  @Override
  public String rule() {
    return ("Asked only where both have the same layer with as many feature maps, and use those of one"
            + " number alike; after separate training they have little in common. A class is"
            + " listed if the share of a feature map in its evidence differs by at least %s points;"
            + " the one that differs most is named. From %s points on this is notable, else minor.")
        .formatted(ChangeWords.points(LEAST), ChangeWords.points(LARGE));
  }

  @Override
  public boolean isAsked(Comparison comparison, OfClass one) {
    return comparison.featureMaps()
        && comparison.hasTested(ComparedKind.FEATURE_MAP)
        && Math.min(one.images(), one.withImages()) >= comparison.fewest();
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    if (!comparison.featureMaps()) {
      return Optional.empty();
    }
    return one.of(ComparedKind.FEATURE_MAP)
        .filter(change -> change.isSure() && ChangeWords.reaches(Math.abs(change.toldGap()), LEAST))
        .max(Comparator.comparingDouble(change -> Math.abs(change.toldGap())))
        .map(change -> reported(comparison, one, change));
  }

  private static Reported reported(Comparison comparison, OfClass one, Changed change) {
    double size = Math.abs(change.toldGap());
    return new Reported(
        ChangeWords.finding(
            one,
            ChangeWords.reaches(size, LARGE) ? Severity.NOTABLE : Severity.MINOR,
            size,
            ChangeWords.sentence(
                comparison,
                "feature map %d supplies %s of the evidence%s"
                    .formatted(
                        change.featureMap(),
                        percentOf(change.toldWith()),
                        ChangeWords.of(one, change)),
                percentOf(change.told())),
            "feature-maps"),
        "feature map " + change.featureMap(),
        change.gap());
  }
}
