package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.BenjaminiHochberg;
import io.camatlas.atlas.FisherTest;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Confusion;
import io.camatlas.report.facts.ViewReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Accuracy that is clearly below that of all classes, and what the class is mistaken for. */
final class LowAccuracy implements Check.OfClass {
  /** An accuracy below this is serious. */
  private static final double SERIOUS_BELOW = 0.5;

  /** So few of the classes that are listed are chance. */
  private static final double SURE = 0.05;

  /** The other class is named if at least this share of the images is mistaken for it. */
  private static final double CONFUSED = 0.1;

  /** And at least this many images. */
  private static final long LEAST_CONFUSED = 2;

  @Override
  public boolean isOfLabelled() {
    return true;
  }

  @Override
  public boolean isAboutAnswers() {
    return true;
  }

  @Override
  public String question() {
    return "Are some classes predicted worse than others?";
  }

  @Override
  public String rule() {
    return ("A class is listed if its accuracy is clearly below that of all classes (at most %s of"
            + " the listed classes are chance: Fisher's exact test, corrected over all classes by"
            + " Benjamini and Hochberg). Below %s this is serious. The class that it is mistaken for is named if it takes at least %s"
            + " of the images. Where images may have several labels, the accuracy of a class is its"
            + " sensitivity: the share of its images of which the model says so.")
        .formatted(percentOf(SURE), percentOf(SERIOUS_BELOW), percentOf(CONFUSED));
  }

  @Override
  public String threshold() {
    return "accuracy clearly below that of all classes";
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    Map<Integer, Double> chance = chance(report);
    long labelled = labelled(report);
    if (labelled == 0) {
      return one -> Answer.notTestable("The images have no labels.");
    }
    return one ->
        one.predictions().labelled() == labelled
            ? Answer.notTestable("No other class has images with labels.")
            : of(report, one, chance.getOrDefault(one.index(), 1.0));
  }

  /**
   * For each class, how many of those with at least so large a difference from all others are
   * chance: Fisher's exact test, corrected over all classes.
   */
  private static Map<Integer, Double> chance(ViewReport report) {
    List<ClassReport> asked =
        report.classes().stream()
            .filter(one -> one.predictions().labelled() >= report.fewest())
            .filter(one -> !Double.isNaN(one.predictions().accuracy()))
            .toList();
    long all = labelled(report);
    long right = report.classes().stream().mapToLong(LowAccuracy::right).sum();
    double[] q =
        BenjaminiHochberg.q(
            asked.stream()
                .mapToDouble(
                    one -> {
                      long n = one.predictions().labelled();
                      return FisherTest.p(right(one), n, right - right(one), all - n);
                    })
                .toArray());
    Map<Integer, Double> chance = new HashMap<>();
    for (int i = 0; i < q.length; i++) {
      chance.put(asked.get(i).index(), q[i]);
    }
    return chance;
  }

  private static long labelled(ViewReport report) {
    return report.classes().stream().mapToLong(one -> one.predictions().labelled()).sum();
  }

  private static long right(ClassReport one) {
    double accuracy = one.predictions().accuracy();
    return Double.isNaN(accuracy) ? 0 : Math.round(accuracy * one.predictions().labelled());
  }

  private static Answer of(ViewReport report, ClassReport one, double chance) {
    double ofAll = report.view().predictions().accuracy();
    if (Double.isNaN(ofAll)) {
      return Answer.notTestable("The images have no labels.");
    }
    if (one.predictions().labelled() < report.fewest()
        || Double.isNaN(one.predictions().accuracy())) {
      return Answer.notTestable("Too few images are labelled.");
    }
    if (!(one.predictions().accuracy() < ofAll && chance <= SURE)) {
      return Answer.PASSED;
    }
    String mistakenFor =
        one.confusions().stream()
            .filter(pair -> pair.labelIndex() == one.index())
            .filter(pair -> pair.predictedIndex() != one.index())
            .filter(
                pair ->
                    pair.n() >= Math.max(LEAST_CONFUSED, CONFUSED * one.predictions().labelled()))
            .findFirst()
            .map(LowAccuracy::mistakenFor)
            .orElse("");
    return Answer.failed(
        Finding.ofClass(
                report,
                one,
                one.predictions().accuracy() < SERIOUS_BELOW ? Severity.SERIOUS : Severity.NOTABLE,
                Math.min(1, ofAll - one.predictions().accuracy()),
                (one.predictions().scores().isPresent()
                        ? "Class '%s' is found in only %s of the %s images that have it; over all classes it is %s.%s"
                        : "Class '%s' is predicted correctly in only %s of its %s images; over all classes it is %s.%s")
                    .formatted(
                        one.name(),
                        percentOf(one.predictions().accuracy()),
                        countOf(one.predictions().labelled()),
                        percentOf(ofAll),
                        mistakenFor),
                one.predictions().scores().isPresent() ? "numbers" : "confusions",
                one.predictions().scores().isPresent()
                    ? "How often it is found"
                    : "What it is mistaken for")
            .because(
                (one.predictions().scores().isPresent()
                        ? "it is found in only %s of its images"
                        : "it is predicted correctly in only %s of its images")
                    .formatted(percentOf(one.predictions().accuracy()))));
  }

  private static String mistakenFor(Confusion pair) {
    String overlap =
        Double.isNaN(pair.overlap())
            ? ""
            : " (the maps of the two classes overlap by %s)".formatted(percentOf(pair.overlap()));
    return " It is mistaken for '%s' in %s of them%s."
        .formatted(pair.predicted(), countOf(pair.n()), overlap);
  }
}
