package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ViewReport;
import java.util.function.Function;

/** Maps without any attention. */
final class BlankMaps implements Check.OfClass {
  /** A class is listed from this share of blank maps. */
  private static final double LISTED_FROM = 0.05;

  @Override
  public String question() {
    return "Are maps blank?";
  }

  @Override
  public String rule() {
    return "A class is listed if at least %s of its maps are blank."
        .formatted(percentOf(LISTED_FROM));
  }

  @Override
  public String threshold() {
    return "%s of the maps".formatted(percentOf(LISTED_FROM));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> of(report, one);
  }

  private static Answer of(ViewReport report, ClassReport one) {
    if (one.maps().n() < report.fewest()) {
      return Answer.notTestable("There are too few maps.");
    }
    if (one.maps().blank() == 0 || one.maps().blank() < LISTED_FROM * one.maps().n()) {
      return Answer.PASSED;
    }
    return Answer.failed(
        Finding.ofClass(
            report,
            one,
            Severity.NOTABLE,
            (double) one.maps().blank() / one.maps().n(),
            "%s of %s maps for class '%s' %s blank: this layer shows no evidence for the class."
                .formatted(
                    countOf(one.maps().blank()),
                    countOf(one.maps().n()),
                    one.name(),
                    one.maps().blank() == 1 ? "is" : "are"),
            "numbers",
            "The class's numbers"));
  }
}
