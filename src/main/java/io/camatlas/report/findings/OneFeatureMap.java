package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Cause;
import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.MapShare;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
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

  /** Of two classes, the larger share would be the median itself. */
  private static final int FEWEST_CLASSES = 3;

  @Override
  public Basis basis() {
    return Basis.FEATURE_MAPS_OF_CLASSES;
  }

  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public String question() {
    return "Does one feature map carry a class?";
  }

  @Override
  public String rule() {
    return ("Feature maps that answer to the picture's border are left out. A class is listed if its"
            + " largest feature map supplies at least %s of the evidence, and at least %s times what the largest one supplies in the median class. It is minor"
            + " if experiments show that setting it to zero takes less than %s more of the class's"
            + " probability than setting others of its strength to zero; else notable. Asked of at"
            + " least three classes.")
        .formatted(percentOf(CARRIES), Numbers.plain(CARRIES_MORE), percentOf(Cause.LEAST_EFFECT));
  }

  @Override
  public String threshold() {
    return "%s of the evidence, and %s times the median class"
        .formatted(percentOf(CARRIES), Numbers.plain(CARRIES_MORE));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    double median = medianOfFirst(report);
    return one -> of(report, one, median);
  }

  /** The median class's largest share; NaN if there are too few classes for one to stand out. */
  static double medianOfFirst(ViewReport report) {
    double[] firsts =
        report.classes().stream()
            .flatMap(one -> first(report, one).stream())
            .mapToDouble(MapShare::share)
            .filter(share -> !Double.isNaN(share))
            .sorted()
            .toArray();
    return firsts.length < FEWEST_CLASSES ? Double.NaN : firsts[firsts.length / 2];
  }

  private static Answer of(ViewReport report, ClassReport one, double median) {
    if (one.featureMaps().isEmpty()) {
      return Answer.notTestable("No shares of feature maps are known.");
    }
    if (one.maps().visible() < report.fewest()) {
      return Answer.notTestable("There are too few maps.");
    }
    if (Double.isNaN(median)) {
      return Answer.notTestable("There are too few classes to compare with.");
    }
    return carrying(report, one, median)
        .map(first -> Answer.failed(finding(report, one, first, median)))
        .orElse(Answer.PASSED);
  }

  /** The feature map that carries a class, if one does. */
  static Optional<MapShare> carrying(ViewReport report, ClassReport one, double median) {
    if (one.featureMaps().isEmpty() || one.maps().visible() < report.fewest()) {
      return Optional.empty();
    }
    return first(report, one)
        .filter(first -> first.share() >= CARRIES && first.share() >= CARRIES_MORE * median);
  }

  /** The largest feature map that answers to content. */
  private static Optional<MapShare> first(ViewReport report, ClassReport one) {
    return one.featureMaps().stream().filter(share -> !report.isBorderMap(share.map())).findFirst();
  }

  private static Finding finding(
      ViewReport report, ClassReport one, MapShare first, double median) {
    Evidence evidence = Evidence.of(report, one, first.map());
    Severity severity = evidence.severity();
    return new Finding(
        // One feature map that stands for the object is no fault.
        severity == Severity.SERIOUS ? Severity.NOTABLE : severity,
        evidence.weight(first.share()),
        ("One feature map (number %d) supplies %s of the evidence for class '%s'. In the median"
                    + " class the largest one supplies %s.")
                .formatted(first.map(), percentOf(first.share()), one.name(), percentOf(median))
            + evidence.sentences(one, "it"),
        Pages.ofFeatureMap(report.view().number(), first.map()),
        "What feature map " + first.map() + " responds to",
        one.index());
  }
}
