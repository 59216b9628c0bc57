package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.facts.CalibrationBin;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ReportedView.Predictions;
import io.camatlas.report.facts.ReportedView.Several;
import io.camatlas.report.facts.ViewReport;
import java.util.List;
import java.util.Optional;

/** Confidence that does not match accuracy. */
final class Calibration implements Check.OfView {
  /** Excess of the expected calibration error over chance from which it is reported. */
  private static final double MISCALIBRATED = 0.05;

  @Override
  public Basis basis() {
    return Basis.CALIBRATION;
  }

  @Override
  public boolean isAboutAnswers() {
    return true;
  }

  @Override
  public String question() {
    return "Is the model right as often as it is confident?";
  }

  @Override
  public String rule() {
    return ("The model is listed if its expected calibration error is at least %s above what a"
            + " calibrated model would show with as few images. Underconfidence is minor.")
        .formatted(percentOf(MISCALIBRATED));
  }

  @Override
  public String threshold() {
    return "an error of %s more than chance".formatted(percentOf(MISCALIBRATED));
  }

  @Override
  public long judged(ViewReport report) {
    return report.view().predictions().images();
  }

  @Override
  public Answer of(ViewReport report) {
    Predictions predictions = report.view().predictions();
    if (Double.isNaN(predictions.ece())) {
      return Answer.notTestable("The images have no labels.");
    }
    if (!(predictions.ece() - errorByChance(report.calibration()) >= MISCALIBRATED)) {
      return Answer.PASSED;
    }
    // Where images may have several labels, each label of each image counts.
    Optional<Several> several = predictions.several();
    double share = several.map(Several::share).orElse(predictions.accuracy());
    double gap = predictions.confidence() - share;
    boolean over = gap > predictions.ece() / 2;
    boolean under = -gap > predictions.ece() / 2;
    String sentence =
        several.isPresent()
            ? "The model's probabilities are %s: they are %s on average, and images have %s of the labels (expected calibration error %s)."
            : "The model is %s: its confidence is %s on average, and it is right in %s of the images (expected calibration error %s).";
    List<String> words =
        several.isPresent()
            ? List.of("too high", "too low")
            : List.of("overconfident", "underconfident");
    return Answer.failed(
        Finding.ofAll(
            under && several.isEmpty() ? Severity.MINOR : Severity.NOTABLE,
            Math.min(1, predictions.ece()),
            sentence.formatted(
                over ? words.get(0) : under ? words.get(1) : "miscalibrated",
                percentOf(predictions.confidence()),
                percentOf(share),
                percentOf(predictions.ece())),
            Pages.overview(report.view().number()) + "#calibration",
            several.isPresent()
                ? "Labels that are there against probability"
                : "Confidence against accuracy"));
  }

  /** The expected calibration error of a calibrated model with as few images per bin. */
  private static double errorByChance(List<CalibrationBin> bins) {
    double images = bins.stream().mapToLong(CalibrationBin::n).sum();
    double sum = 0;
    for (CalibrationBin bin : bins) {
      if (bin.n() > 0) {
        double p = bin.confidence();
        sum += bin.n() / images * Math.sqrt(2 / Math.PI * p * (1 - p) / bin.n());
      }
    }
    return sum;
  }
}
