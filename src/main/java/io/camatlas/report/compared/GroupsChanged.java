package io.camatlas.report.compared;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.SliceMeasure;
import io.camatlas.compare.ComparedKind;
import io.camatlas.report.compared.Comparison.Changed;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.facts.SliceReport.Trait;
import io.camatlas.report.findings.Severity;
import java.util.Comparator;
import java.util.Optional;

/** Images with something in common are predicted worse than before, more so than their class. */
final class GroupsChanged implements ChangeCheck {
  private static final double LEAST = 0.05;

  @Override
  public String question() {
    return "Do some images of a class get worse than the others?";
  }

  @Override
  public String rule() {
    return ("A class is listed if the accuracy of its images with one value of a trait, or in one"
            + " quarter of its numbers, falls by clearly more than %s points more than that of all its images; the"
            + " group that falls most is named. This is notable.")
        .formatted(ChangeWords.points(LEAST));
  }

  @Override
  public boolean isAsked(Comparison comparison, OfClass one) {
    return comparison.hasTested(ComparedKind.SLICE)
        && one.isTested(ComparedKind.PREDICTION, SliceMeasure.ACCURACY.text());
  }

  @Override
  public Optional<Reported> of(Comparison comparison, OfClass one) {
    double ofClass =
        one.change(ComparedKind.PREDICTION, SliceMeasure.ACCURACY.text())
            .map(Changed::gap)
            .orElse(0.0);
    return one.of(ComparedKind.SLICE)
        .filter(change -> change.measure().equals(SliceMeasure.ACCURACY.text()))
        .filter(
            change ->
                change.isSure()
                    && ChangeWords.reaches(
                        Math.min(0, ofClass) - change.difference().high(), LEAST))
        .min(Comparator.comparingDouble(Changed::gap))
        .map(change -> reported(comparison, one, change));
  }

  private static Reported reported(Comparison comparison, OfClass one, Changed change) {
    Trait trait = change.trait().orElseThrow();
    String sentence =
        "%s with %s = %s: with %s, %s are predicted right; with %s, %s."
            .formatted(
                one.isAll() ? "Images" : "Images of " + ChangeWords.name(one),
                trait.words(),
                trait.value(),
                comparison.with().label(),
                percentOf(change.difference().withMean()),
                comparison.from().label(),
                percentOf(change.difference().mean()));
    return new Reported(
        ChangeWords.finding(one, Severity.NOTABLE, -change.gap(), sentence, "groups"),
        trait.name() + " = " + trait.value(),
        change.gap());
  }
}
