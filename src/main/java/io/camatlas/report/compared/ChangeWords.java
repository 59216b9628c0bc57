package io.camatlas.report.compared;

import io.camatlas.localize.FractionBox;
import io.camatlas.report.compared.Comparison.Changed;
import io.camatlas.report.compared.Comparison.OfClass;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.findings.Finding;
import io.camatlas.report.findings.Severity;
import java.util.List;
import java.util.Locale;

/** Sentences about changes. */
final class ChangeWords {
  /** Rounding alone keeps a number from its limit by less. */
  private static final double ROUNDING = 1e-9;

  private ChangeWords() {}

  /**
   * A sentence with both numbers.
   *
   * @param first what is so with the second audit, with its number: {@code 34 % of the images of
   *     'a' are predicted right}
   * @param second the first audit's number
   */
  static String sentence(Comparison comparison, String first, String second) {
    return "With %s, %s; with %s, %s."
        .formatted(comparison.with().label(), first, comparison.from().label(), second);
  }

  /** The images that a number is of. */
  static String images(OfClass one, Changed change) {
    return images(one, change, "images");
  }

  /** The images that a number is of which is known of images with a label only. */
  static String labelledImages(OfClass one, Changed change) {
    boolean ofPairs = isOfPairs(one, change);
    boolean some =
        change.difference().n() < (ofPairs ? one.pairs() : one.images())
            || change.difference().withN() < (ofPairs ? one.pairs() : one.withImages());
    return images(one, change, some ? "labelled images" : "images");
  }

  private static String images(OfClass one, Changed change, String noun) {
    String images = one.isAll() ? noun : noun + " of " + name(one);
    if (change.isOfRest()) {
      return "the " + images + " that only it has";
    }
    if (isOfPairs(one, change)) {
      return "the " + images + " in both";
    }
    return (one.isAll() ? "all " : "the ") + images;
  }

  /** Whether a number leaves out the images that only one audit has. */
  private static boolean isOfPairs(OfClass one, Changed change) {
    long pairs = change.difference().pairs();
    return pairs > 0
        && pairs == change.difference().n()
        && pairs == change.difference().withN()
        && one.pairs() < Math.max(one.images(), one.withImages());
  }

  /** The explanations that a number is of, to follow what they show. */
  static String of(OfClass one, Changed change) {
    return (one.isAll() ? "" : " for " + name(one))
        + (change.isOfRest() ? " in images that only it has" : "");
  }

  /** The interval of a difference of shares: {@code (60 to 69 points less)}. */
  static String interval(Changed change) {
    if (change.isOfRest()) {
      return "";
    }
    double one = Math.abs(change.difference().low());
    double other = Math.abs(change.difference().high());
    boolean across = change.difference().low() * change.difference().high() < 0;
    return " (%s to %s points %s, 95 %% interval)"
        .formatted(
            points(across ? 0 : Math.min(one, other)),
            points(Math.max(one, other)),
            change.gap() < 0 ? "less" : "more");
  }

  /** Whether a number reaches a limit; 0.9 less 0.8, which is a little less than 0.1, does. */
  static boolean reaches(double number, double limit) {
    return number >= limit - ROUNDING;
  }

  static String points(double share) {
    double points = 100 * share;
    return String.format(Locale.ROOT, points < 9.95 ? "%.1f" : "%.0f", points);
  }

  /** The class in a sentence: {@code 'anchor'}, or {@code all classes}. */
  static String name(OfClass one) {
    return one.isAll() ? "all classes" : "'" + one.name() + "'";
  }

  /** A finding with the evidence in a section of the class's page. */
  static Finding finding(
      OfClass one, Severity severity, double weight, String sentence, String section) {
    return finding(one, severity, weight, sentence, section, List.of());
  }

  static Finding finding(
      OfClass one,
      Severity severity,
      double weight,
      String sentence,
      String section,
      List<FractionBox> place) {
    String page = one.isAll() ? Pages.INDEX : Pages.ofClass(1, one.index());
    return new Finding(
        severity,
        Math.max(0, Math.min(1, weight)),
        sentence,
        page + "#" + section,
        one.isAll() ? "The numbers" : "The numbers of this class",
        one.index(),
        "",
        place);
  }
}
