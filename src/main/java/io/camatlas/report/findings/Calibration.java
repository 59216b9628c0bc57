package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.facts.CalibrationBin;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ReportedView.Predictions;
import io.camatlas.report.facts.ReportedView.Several;
import io.camatlas.report.facts.ViewReport;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.distribution.BinomialDistribution;

/** Confidence that does not match accuracy. */
final class Calibration implements Check.OfView {
  /** Excess of the expected calibration error over chance from which it is reported. */
  private static final double MISCALIBRATED = 0.05;

  /** The 95 % point of the normal distribution. */
  private static final double ONE_SIDED = 1.645;

  /** With more images in a bin, shares are as good as normally distributed. */
  private static final long MOST_EXACT = 10_000;

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
    return ("The model is listed if its expected calibration error is at least %s above what"
            + " 95 of 100 calibrated models would show with as few images. Underconfidence is minor where images"
            + " have one label.")
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

  private static boolean hasLabels(ViewReport report) {
    return report.classes().stream().anyMatch(one -> one.predictions().labelled() > 0);
  }

  @Override
  public Answer of(ViewReport report) {
    Predictions predictions = report.view().predictions();
    if (Double.isNaN(predictions.ece())) {
      return Answer.notTestable(
          hasLabels(report)
              ? "Not all probabilities were kept (probabilities)."
              : "The images have no labels.");
    }
    if (predictions.images() < report.fewest()) {
      return Answer.notTestable("Too few images are labelled.");
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
    List<String> words =
        several.isPresent()
            ? List.of("too high", "too low")
            : List.of("overconfident", "underconfident");
    String how = over ? words.get(0) : under ? words.get(1) : "miscalibrated";
    return Answer.failed(
        Finding.ofAll(
            under && several.isEmpty() ? Severity.MINOR : Severity.NOTABLE,
            Math.min(1, predictions.ece()),
            several.isPresent()
                ? "The model's probabilities are %s: they are %s on average, and images have %s of the labels (expected calibration error %s)."
                    .formatted(
                        how,
                        percentOf(predictions.confidence()),
                        percentOf(share),
                        percentOf(predictions.ece()))
                : "The model is %s: its confidence is %s on average, and it is right in %s of %s (expected calibration error %s)."
                    .formatted(
                        how,
                        percentOf(predictions.confidence()),
                        percentOf(share),
                        countOf(predictions.images(), "image", "images"),
                        percentOf(predictions.ece())),
            Pages.overview(report.view().number()) + "#calibration",
            several.isPresent()
                ? "Labels that are there against probability"
                : "Confidence against accuracy"));
  }

  /**
   * The expected calibration error that 95 of 100 calibrated models do not exceed with as many
   * images in each bin, by a normal approximation. The distance of a share from its probability has
   * the mean absolute deviation of the binomial distribution (De Moivre 1730).
   */
  private static double errorByChance(List<CalibrationBin> bins) {
    double images = bins.stream().mapToLong(CalibrationBin::n).sum();
    double mean = 0;
    double variance = 0;
    for (CalibrationBin bin : bins) {
      if (bin.n() > 0) {
        double p = Math.max(0, Math.min(1, bin.confidence()));
        double weight = bin.n() / images;
        double deviation = deviation(bin.n(), p);
        mean += weight * deviation;
        variance += weight * weight * (p * (1 - p) / bin.n() - deviation * deviation);
      }
    }
    return mean + ONE_SIDED * Math.sqrt(Math.max(0, variance));
  }

  /** How far the share of {@code n} independent images with this probability is from it. */
  private static double deviation(long n, double p) {
    if (n > MOST_EXACT) {
      return Math.sqrt(2 / Math.PI * p * (1 - p) / n);
    }
    int most = (int) Math.floor(n * p) + 1;
    return most > n
        ? 0
        : 2 * most * (1 - p) * new BinomialDistribution(null, (int) n, p).probability(most) / n;
  }
}
