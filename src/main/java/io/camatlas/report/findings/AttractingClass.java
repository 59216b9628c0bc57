package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Place;
import io.camatlas.causes.Suspect.Subjects;
import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.ClassReport.Confusion;
import io.camatlas.report.facts.LabelScores;
import io.camatlas.report.facts.ViewReport;
import java.util.Optional;
import java.util.function.Function;
import org.apache.commons.math3.distribution.PoissonDistribution;

/** A class that images of many others are taken for: something in them attracts the model. */
final class AttractingClass implements Check.OfClass {
  /** A class must be predicted at least so many times as often as it is labelled. */
  private static final double OVER = 2;

  /** Maps share a place if it holds so much of them. */
  private static final double LEAST_SHARE = 1.0 / 3;

  /** How sure it must be that this is no chance, over all classes together. */
  private static final double CHANCE = 0.01;

  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public boolean isOfPredicted() {
    return true;
  }

  @Override
  public boolean isAboutAnswers() {
    return true;
  }

  @Override
  public String question() {
    return "Is a class predicted far more often than it is there?";
  }

  @Override
  public String rule() {
    return ("A class is listed if at least %s images are predicted as it, at least %s times as many"
            + " as are labelled so, and more than chance would give with a probability of %s over"
            + " all classes. If the maps of these images share a place, experiments cover it in"
            + " them. %s")
        .formatted(FEWEST, Numbers.plain(OVER), percentOf(CHANCE), Evidence.RULE);
  }

  @Override
  public String threshold() {
    return "predicted %s times as often as labelled".formatted(Numbers.plain(OVER));
  }

  /**
   * How often a class is predicted.
   *
   * @param predicted images predicted as it
   * @param right those of them that are labelled so
   * @param labelled images labelled so
   * @param all images with a label
   */
  private record Counts(long predicted, long right, long labelled, long all) {
    static Counts of(ViewReport report, ClassReport one) {
      if (one.predictions().scores().isPresent()) {
        LabelScores scores = one.predictions().scores().get();
        // Of images with an unknown label nothing is counted.
        return new Counts(
            scores.said(), scores.found(), scores.labelled(), scores.labelled() + scores.without());
      }
      long labelled = one.predictions().labelled();
      // Confusions are mistakes only.
      long right = labelled == 0 ? 0 : Math.round(one.predictions().accuracy() * labelled);
      long wrong = 0;
      for (Confusion pair : one.confusions()) {
        wrong +=
            pair.predictedIndex() == one.index() && pair.labelIndex() != one.index() ? pair.n() : 0;
      }
      return new Counts(right + wrong, right, labelled, report.view().predictions().images());
    }

    boolean standOut(int classes) {
      return AttractingClass.standsOut(predicted, labelled, classes);
    }
  }

  /**
   * Whether so many predictions are more than chance gives.
   *
   * @param among number of classes, or of groups of classes, that are asked
   */
  static boolean standsOut(long predicted, long labelled, int among) {
    if (predicted < FEWEST || predicted < OVER * labelled) {
      return false;
    }
    double expected = Math.max(1, labelled);
    double asMany =
        1 - new PoissonDistribution(expected).cumulativeProbability((int) predicted - 1);
    return asMany * among < CHANCE;
  }

  /** The place that the images predicted as a class share, if it attracts. */
  static Optional<HotSpot> attractedBy(ViewReport report, ClassReport one) {
    return one.maps().visible() >= FEWEST
            && one.maps().mean().isPresent()
            && Counts.of(report, one).standOut(report.classes().size())
        ? HotSpot.of(OneSpot.map(report, one))
            .filter(OneSpot::mayBeAFault)
            .filter(spot -> spot.share() >= LEAST_SHARE)
        : Optional.empty();
  }

  @Override
  public long judged(ViewReport report, ClassReport one) {
    return Counts.of(report, one).predicted();
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> {
      if (report.view().predictions().images() == 0) {
        return Answer.notTestable("The images have no labels.");
      }
      Counts counts = Counts.of(report, one);
      if (counts.all() < report.fewest()) {
        return Answer.notTestable("Too few images are labelled.");
      }
      return counts.standOut(report.classes().size())
          ? Answer.failed(finding(report, one, counts))
          : Answer.PASSED;
    };
  }

  private static Finding finding(ViewReport report, ClassReport one, Counts counts) {
    Optional<HotSpot> spot = attractedBy(report, one);
    Optional<Place> place = spot.map(found -> found.asPlace(OneSpot.map(report, one)));
    Evidence evidence =
        place
            .map(found -> Evidence.of(report, one, found, Subjects.PREDICTED))
            .orElse(new Evidence(Optional.empty()));
    String sentence =
        "%s of %s are predicted as '%s', and %s of them %s so labelled; %s %s so labelled in all."
            .formatted(
                countOf(counts.predicted()),
                countOf(counts.all(), "image", "images"),
                one.name(),
                counts.right() == 0 ? "none" : countOf(counts.right()),
                counts.right() == 1 ? "is" : "are",
                countOf(counts.labelled(), "image", "images"),
                counts.labelled() == 1 ? "is" : "are");
    if (spot.isPresent()) {
      sentence +=
          " %s for the class gathers %s (%s of it)."
              .formatted(
                  OneSpot.attention(report, one),
                  spot.get().place(),
                  percentOf(spot.get().share()));
    }
    Finding finding =
        Finding.ofClass(
                report,
                one,
                // The place may be refuted; that the class is predicted too often stands.
                evidence.severity() == Severity.MINOR ? Severity.NOTABLE : evidence.severity(),
                evidence.weight(1 - (double) counts.right() / counts.predicted()),
                sentence + evidence.sentences(one, spot.map(HotSpot::subject).orElse("this place")),
                one.predictions().scores().isPresent() ? "numbers" : "confusions",
                one.predictions().scores().isPresent()
                    ? "How often it is predicted"
                    : "What is taken for it")
            .because(
                evidence.confirms()
                    ? evidence.reason(spot.orElseThrow().place())
                    : one.predictions().scores().isPresent()
                        ? "images without it are taken for it"
                        : "images of other classes are taken for it");
    return place.map(finding::at).orElse(finding);
  }
}
