package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;

import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.LabelScores;
import io.camatlas.report.facts.LabelScores.Estimate;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;

/**
 * A label that the model hardly tells: images with it do not have clearly higher probabilities than
 * images without.
 */
final class LowAuroc implements Check.OfClass {
  /** The area that guessing has. */
  private static final double CHANCE = 0.5;

  /** An area that is surely below this is listed. */
  private static final double LOW = 0.7;

  /** An area that is surely below this is serious. */
  private static final double SERIOUS_BELOW = 0.6;

  @Override
  public Basis basis() {
    return Basis.LABELS;
  }

  @Override
  public boolean appliesTo(ViewReport report) {
    return report.view().predictions().several().isPresent();
  }

  @Override
  public boolean isAboutAnswers() {
    return true;
  }

  @Override
  public String question() {
    return "Does the model tell images with a label from those without?";
  }

  @Override
  public String rule() {
    return ("Where images may have several labels, a label is listed if the area under its receiver"
            + " operating characteristic is surely below %s: that is how often an image with the"
            + " label has a higher probability than one without. So is a label whose area is below"
            + " that and cannot be told from that of guessing, %s. An area surely below %s is"
            + " serious.")
        .formatted(Numbers.plain(LOW), Numbers.plain(CHANCE), Numbers.plain(SERIOUS_BELOW));
  }

  @Override
  public String threshold() {
    return "an area surely below %s".formatted(Numbers.plain(LOW));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> of(report, one);
  }

  private static Answer of(ViewReport report, ClassReport one) {
    Optional<LabelScores> scores = one.predictions().scores();
    if (scores.isEmpty()) {
      return Answer.notTestable("No image is known to have it or not to have it.");
    }
    LabelScores label = scores.get();
    if (label.labelled() < report.fewest() || label.without() < report.fewest()) {
      return Answer.notTestable("Too few images with the label, or without it.");
    }
    Estimate area = label.auroc();
    if (Double.isNaN(area.value())) {
      return Answer.notTestable("Not all probabilities were kept (probabilities).");
    }
    if (!(area.high() < LOW || (area.low() <= CHANCE && area.value() < LOW))) {
      return Answer.PASSED;
    }
    return Answer.failed(
        Finding.ofClass(
                report,
                one,
                area.high() < SERIOUS_BELOW ? Severity.SERIOUS : Severity.NOTABLE,
                Math.min(1, Math.max(0, 1 - area.value())),
                "The model hardly tells images with '%s' from those without: the area under the ROC is %s (95 %% interval %s to %s; %s with the label, %s without), and guessing has 0.5."
                    .formatted(
                        one.name(),
                        Numbers.areaOf(area.value()),
                        Numbers.areaOf(area.low()),
                        Numbers.areaOf(area.high()),
                        countOf(label.labelled()),
                        countOf(label.without())),
                "numbers",
                "How well it is told")
            .because("the model hardly tells it from other images"));
  }
}
