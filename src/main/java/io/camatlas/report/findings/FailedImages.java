package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ReportedDataset;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Images that failed and so are not counted in any number of the report. */
final class FailedImages implements Check.OfDataset {
  /** Share of failed images from which the finding is notable. */
  private static final double NOTABLE_FROM = 0.01;

  private static final int REASONS = 3;

  @Override
  public String question() {
    return "Could every image be explained?";
  }

  @Override
  public String rule() {
    return "Every image that could not be read or explained is counted. From %s on this is notable."
        .formatted(percentOf(NOTABLE_FROM));
  }

  @Override
  public String threshold() {
    return "any";
  }

  private static double share(ReportedDataset.Source source) {
    return source.count() == 0 ? 0 : (double) source.failed() / source.count();
  }

  @Override
  public Answer of(ReportedDataset dataset) {
    if (dataset.sources().isEmpty()) {
      return Answer.notTestable("The runs behind this atlas were not found.");
    }
    if (dataset.failed() == 0) {
      return Answer.PASSED;
    }
    String reasons =
        dataset.failures().stream()
            .limit(REASONS)
            .map(group -> countOf(group.count()) + " " + group.reason())
            .collect(Collectors.joining(", "));
    // Runs may be of the same images, with another layer or model.
    ReportedDataset.Source worst =
        dataset.sources().stream()
            .max(Comparator.comparingDouble(FailedImages::share))
            .orElseThrow();
    double share = share(worst);
    return Answer.failed(
        Finding.ofAll(
            share >= NOTABLE_FROM ? Severity.NOTABLE : Severity.MINOR,
            Math.min(1, share),
            "%s of %s images%s could not be explained: %s%s."
                .formatted(
                    countOf(worst.failed()),
                    countOf(worst.count()),
                    // Reasons are counted over all runs, so they follow the number of these.
                    dataset.sources().size() == 1
                        ? ""
                        : " of one run, and %s of %s over all %d runs,"
                            .formatted(
                                countOf(dataset.failed()),
                                countOf(dataset.images()),
                                dataset.sources().size()),
                    reasons,
                    dataset.failures().size() > REASONS ? ", and others" : ""),
            Pages.FAILURES,
            "All failures"));
  }
}
