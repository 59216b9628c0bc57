package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.MapShare;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;
import java.util.List;
import java.util.function.Function;

/** A class that depends on a single feature map. */
final class OneFeatureMap implements Check.OfClass {
  /** A feature map with at least this share of the evidence carries a class. */
  private static final double CARRIES = 1.0 / 3;

  /**
   * The share must also be at least this many times that of the largest feature map in the median
   * class.
   */
  private static final double CARRIES_MORE = 1.75;

  @Override
  public String question() {
    return "Does one feature map carry a class?";
  }

  @Override
  public String rule() {
    return ("A class is listed if its largest feature map supplies at least %s of the evidence, and"
            + " at least %s times what the largest one supplies in the median class.")
        .formatted(percentOf(CARRIES), Numbers.plain(CARRIES_MORE));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    double median = medianOfFirst(report.classes());
    return one -> of(report, one, median);
  }

  private static double medianOfFirst(List<ClassReport> classes) {
    double[] firsts =
        classes.stream()
            .filter(one -> !one.featureMaps().isEmpty())
            .mapToDouble(one -> one.featureMaps().get(0).share())
            .filter(share -> !Double.isNaN(share))
            .sorted()
            .toArray();
    return firsts.length == 0 ? Double.NaN : firsts[firsts.length / 2];
  }

  private static Answer of(ViewReport report, ClassReport one, double median) {
    if (one.featureMaps().isEmpty()) {
      return Answer.notTestable("No shares of feature maps are known.");
    }
    if (one.maps().visible() < FEWEST) {
      return Answer.notTestable("There are too few maps.");
    }
    MapShare first = one.featureMaps().get(0);
    if (first.share() < CARRIES || first.share() < CARRIES_MORE * median) {
      return Answer.PASSED;
    }
    return Answer.failed(
        new Finding(
            Severity.NOTABLE,
            first.share(),
            ("One feature map (number %d) supplies %s of the evidence for class '%s'. In the median"
                    + " class the largest one supplies %s.")
                .formatted(first.map(), percentOf(first.share()), one.name(), percentOf(median)),
            Pages.ofFeatureMap(report.view().number(), first.map()),
            "What feature map " + first.map() + " responds to",
            one.index()));
  }
}
