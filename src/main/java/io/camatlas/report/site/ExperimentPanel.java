package io.camatlas.report.site;

import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Place;
import io.camatlas.causes.Suspect;
import io.camatlas.causes.TestedPicture;
import io.camatlas.causes.TrialState;
import io.camatlas.localize.FractionBox;
import io.camatlas.report.Numbers;
import io.camatlas.report.facts.Pages;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.report.findings.PlaceWords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The experiments on one suspect as a class page shows them.
 *
 * @param title what was tested
 * @param verdict what the experiments say, in a sentence
 * @param lines one for each test
 * @param pairs pictures that belong together
 */
public record ExperimentPanel(
    String title, String verdict, List<Line> lines, List<List<Shot>> pairs) {
  /**
   * A test.
   *
   * @param what was done
   * @param before as the images were
   * @param after it was done
   * @param control after as much was done elsewhere; a dash without a control
   * @param effect the difference that it makes, with its interval
   */
  public record Line(
      String what, long n, String before, String after, String control, String effect) {}

  /**
   * A picture.
   *
   * @param file within the report
   * @param caption what was done
   * @param probability of the class
   * @param predicted most probable class
   */
  public record Shot(String file, String caption, double probability, String predicted) {}

  static ExperimentPanel of(Cause cause) {
    return new ExperimentPanel(
        title(cause.suspect()),
        cause.suspect() instanceof Suspect.OfSecondPart
            ? beside(cause)
            : cause.suspect() instanceof Suspect.OfRepeat
                ? wherever(cause)
                : cause.suspect() instanceof Suspect.OfStrategy
                    ? besideRest(cause)
                    : verdict(cause),
        cause.effects().stream().map(ExperimentPanel::line).toList(),
        pairs(cause));
  }

  private static String verdict(Cause cause) {
    return switch (cause.verdict()) {
      case CONFIRMED -> "The class depends on it.";
      case REFUTED ->
          cause.costsAnywhere()
              ? "The class depends on it no more than on %s."
                  .formatted(
                      cause.suspect() instanceof Suspect.OfFeatureMap
                          ? "others as strong"
                          : "as much elsewhere")
              : "The class does not depend on it.";
      case UNDECIDED -> "The experiments leave it open.";
    };
  }

  private static String wherever(Cause cause) {
    return switch (cause.verdict()) {
      case CONFIRMED -> "It is enough for the class, wherever it lies.";
      case REFUTED -> notEnough(cause);
      case UNDECIDED -> "The experiments leave it open.";
    };
  }

  private static String notEnough(Cause cause) {
    return cause
            .effect(CauseTest.PASTE)
            .filter(effect -> effect.predicted().after() >= Cause.LEAST_EFFECT)
            .isPresent()
        ? "It is enough for the class no more often than as much from elsewhere."
        : "It is not enough for the class.";
  }

  private static String besideRest(Cause cause) {
    if (cause.verdict() == Cause.Verdict.CONFIRMED) {
      return "It is enough for the class in clearly more images than what its other images show.";
    }
    return cause.hasTooFew()
        ? "Too few images leave it open."
        : "It is not enough for the class in clearly more images than what its other images show.";
  }

  private static String beside(Cause cause) {
    String others =
        cause
            .others()
            .filter(one -> one.n() > 0)
            .map(
                one ->
                    " Of the images of other classes, %s turn in this way; those without such a part are counted."
                        .formatted(percentOf(one.share())))
            .orElse("");
    return switch (cause.verdict()) {
          case CONFIRMED -> "It is enough for the class, clearly more often than in other classes.";
          case REFUTED -> notEnough(cause);
          case UNDECIDED ->
              !cause.isCompared()
                  ? "No other class could be compared, which leaves it open."
                  : cause.hasTooFew()
                      ? "Too few images leave it open."
                      : cause.standsOut()
                          ? "It turns images clearly more often than in other classes, but too few to say that it is enough."
                          : "It does not stand out from other classes.";
        }
        + others;
  }

  /**
   * The pictures that show best what a class depends on: an image as it is and with the place
   * covered, and another class's image before and after pasting.
   *
   * @param classIndex the class; -1 for none
   * @param place of the finding that is shown; empty if it is about none
   * @return empty if no experiment confirmed a place
   */
  static List<Shot> telling(ViewReport report, int classIndex, List<FractionBox> place) {
    List<Cause> confirmed =
        report.causes().stream()
            .filter(cause -> cause.suspect().classIndex() == classIndex)
            .filter(
                cause ->
                    cause.verdict() == Cause.Verdict.CONFIRMED
                        || (cause.suspect() instanceof Suspect.OfStrategy && cause.coversMuch()))
            .toList();
    return confirmed.stream()
        .filter(cause -> !place.isEmpty() && boxes(cause.suspect()).equals(place))
        .findFirst()
        .or(
            () ->
                confirmed.stream()
                    .filter(
                        cause ->
                            cause.suspect() instanceof Suspect.OfPlace
                                || cause.suspect() instanceof Suspect.OfPattern)
                    .findFirst())
        .map(ExperimentPanel::telling)
        .orElse(List.of());
  }

  private static List<FractionBox> boxes(Suspect suspect) {
    return suspect.at().map(Place::boxes).orElse(List.of());
  }

  private static List<Shot> telling(Cause cause) {
    Map<Integer, Double> told = new TreeMap<>();
    for (TestedPicture picture : cause.pictures()) {
      if (picture.test() == CauseTest.BLUR || picture.test() == CauseTest.PASTE) {
        boolean rises =
            (picture.test() == CauseTest.BLUR) == (picture.state() == TrialState.BEFORE);
        if (picture.state() != TrialState.CONTROL) {
          told.merge(
              picture.pair(), rises ? picture.probability() : -picture.probability(), Double::sum);
        }
      }
    }
    return told.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(
            best ->
                cause.pictures().stream()
                    .filter(picture -> picture.pair() == best.getKey())
                    .filter(picture -> picture.state() != TrialState.CONTROL)
                    .filter(
                        picture ->
                            picture.test() == CauseTest.BLUR || picture.test() == CauseTest.PASTE)
                    .sorted(
                        Comparator.comparing(TestedPicture::test)
                            .thenComparing(TestedPicture::state))
                    .map(ExperimentPanel::shot)
                    .toList())
        .orElse(List.of());
  }

  private static Shot shot(TestedPicture picture) {
    return new Shot(
        Pages.tested(picture.file()), caption(picture), picture.probability(), picture.predicted());
  }

  private static String title(Suspect suspect) {
    if (suspect instanceof Suspect.OfPlace of) {
      String images =
          of.subjects() == Suspect.Subjects.PREDICTED
              ? ", in images that are predicted as this class"
              : "";
      return "Place: " + PlaceWords.of(of.place()) + images;
    }
    if (suspect instanceof Suspect.OfPattern of) {
      return "What the class's pictures have in common: %s, where their mean differs from that of others by %s standard errors"
          .formatted(
              PlaceWords.of(of.pattern().place()), Numbers.countOf(Math.round(of.pattern().z())));
    }
    if (suspect instanceof Suspect.OfRepeat of) {
      return "The part that each map marks most: in %s of %s the same thing is in others, pixel by pixel"
          .formatted(
              Numbers.countOf(of.repeats().repeated()),
              Numbers.countOf(of.repeats().n(), "image", "images"));
    }
    if (suspect instanceof Suspect.OfStrategy of) {
      return "Group %d: %s"
          .formatted(
              of.number(),
              of.place()
                  .map(PlaceWords::of)
                  .orElse("the part that each map marks most, beyond the others"));
    }
    return suspect instanceof Suspect.OfFeatureMap of
        ? "Feature map " + of.map()
        : "The brightest part apart from each map's peak";
  }

  private static Line line(Effect effect) {
    boolean pasted = effect.test().isPasting();
    Effect.Means means = pasted ? effect.predicted() : effect.probability();
    Effect.Interval difference = pasted ? effect.ofPrediction() : effect.ofProbability();
    int sign = pasted ? 1 : -1;
    double low = sign > 0 ? difference.low() : -difference.high();
    double high = sign > 0 ? difference.high() : -difference.low();
    return new Line(
        what(effect.test()),
        effect.n(),
        percentOf(means.before()),
        percentOf(means.after()),
        effect.hasControl() ? percentOf(means.control()) : "–",
        Double.isNaN(low)
            ? points(sign * difference.mean())
            : "%s (%s to %s)"
                .formatted(points(sign * difference.mean()), points(low), points(high)));
  }

  /** A difference of shares, in points of a percentage. */
  private static String points(double difference) {
    long points = Math.round(100 * difference);
    return points > 0 ? "+" + points : points < 0 ? "−" + -points : "0";
  }

  private static String what(CauseTest test) {
    return switch (test) {
      case BLUR -> "Blurred: probability of the class";
      case MEAN_COLOUR -> "Filled with the mean colour: probability of the class";
      case OTHER_IMAGE -> "Replaced by another class's image: probability of the class";
      case PASTE -> "Pasted into images of other classes: share predicted as this class";
      case PASTE_OF_REST ->
          "What images of this class outside of the group show, pasted in the same way: share predicted as this class";
      case ZERO -> "Set to zero: probability of the class";
      case ZERO_ELSEWHERE -> "Set to zero for images of other classes: probability of their own";
    };
  }

  private static List<List<Shot>> pairs(Cause cause) {
    Map<Integer, List<Shot>> pairs = new TreeMap<>();
    Map<Integer, Boolean> shownAsIs = new TreeMap<>();
    for (CauseTest test : CauseTest.values()) {
      for (TestedPicture picture : cause.pictures()) {
        if (picture.test() != test || !isShown(picture, shownAsIs)) {
          continue;
        }
        pairs.computeIfAbsent(picture.pair(), pair -> new ArrayList<>()).add(shot(picture));
      }
    }
    return List.copyOf(pairs.values());
  }

  /** Each image as it was is shown once, and of the controls one. */
  private static boolean isShown(TestedPicture picture, Map<Integer, Boolean> shownAsIs) {
    return switch (picture.state()) {
      case AFTER -> true;
      case CONTROL -> picture.test() == CauseTest.BLUR;
      case BEFORE ->
          picture.test() == CauseTest.PASTE || shownAsIs.putIfAbsent(picture.pair(), true) == null;
    };
  }

  private static String caption(TestedPicture picture) {
    if (picture.state() == TrialState.BEFORE) {
      return picture.test() == CauseTest.PASTE ? "Other class, as it is" : "As it is";
    }
    if (picture.state() == TrialState.CONTROL) {
      return "Elsewhere blurred";
    }
    return switch (picture.test()) {
      case BLUR -> "Place blurred";
      case MEAN_COLOUR -> "Place in the mean colour";
      case OTHER_IMAGE -> "Place of another image";
      case PASTE -> "Place pasted into it";
      default -> "Set to zero";
    };
  }
}
