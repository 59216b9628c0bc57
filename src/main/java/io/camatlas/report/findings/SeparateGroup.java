package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Place;
import io.camatlas.causes.SecondPart;
import io.camatlas.causes.Suspect;
import io.camatlas.report.Numbers;
import io.camatlas.report.facts.ClassReport;
import io.camatlas.report.facts.Grid;
import io.camatlas.report.facts.ViewReport;
import io.camatlas.strategies.Splitting;
import io.camatlas.strategies.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A class that the model reaches in another way in some images than in the others. */
final class SeparateGroup implements Check.OfClass {
  private static final double AREA = SecondPart.SIDE * SecondPart.SIDE;

  /** A place must hold at least this share of what the group's maps have beyond the others'. */
  private static final double LEAST_OF_EXCESS = 2.0 / 3;

  private static final int FEWEST_GROUPED = Splitting.INTO_STRATEGIES.smallest();

  /** Values that are named. */
  private static final int NAMED = 2;

  @Override
  public Basis basis() {
    return Basis.STRATEGIES;
  }

  @Override
  public boolean isOfPredicted() {
    return true;
  }

  @Override
  public boolean isTested() {
    return true;
  }

  @Override
  public String question() {
    return "Is a class reached in another way in some of its images?";
  }

  @Override
  public String rule() {
    return ("The images that are predicted as a class are grouped by their maps and by the feature"
            + " maps that count or respond, if at least %d of them are not predicted wrongly. A class is listed if one of its groups is clearly apart"
            + " from the others and odd: small, off the object, or predicted better or worse"
            + " (suspicion of at least %s). Experiments paste the small place in which its maps are dense"
            + " and those of the others are not, or, without one, the part that each map marks most"
            + " beyond the others, %s of the picture, into images of other classes. The group is"
            + " serious if this turns at least %s more of them into the class than the same of the"
            + " class's other images, or if covering such a place takes as much of the class's"
            + " probability beyond its control; and if it is a place away from the middle, or surely"
            + " off the object. Else it is notable: a group may be a second kind of object.")
        .formatted(
            FEWEST_GROUPED,
            Numbers.plain(Strategy.SUSPICIOUS_FROM),
            percentOf(AREA),
            percentOf(Cause.LARGE_EFFECT));
  }

  @Override
  public String threshold() {
    return "a suspicion of %s".formatted(Numbers.plain(Strategy.SUSPICIOUS_FROM));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> {
      if (!report.strategies().searched()) {
        return Answer.notTestable("Nobody looked for strategies.");
      }
      if (report.strategies().grouped(one.index()) < FEWEST_GROUPED
          || one.maps().visible() < report.fewest()) {
        return Answer.notTestable("Too few images are predicted rightly to make groups.");
      }
      List<Strategy> suspicious = report.strategies().suspicious(one.index());
      return suspicious.isEmpty() ? Answer.PASSED : Answer.failed(finding(report, one, suspicious));
    };
  }

  private static Finding finding(ViewReport report, ClassReport one, List<Strategy> suspicious) {
    Strategy worst = suspicious.get(0);
    Optional<Cause> cause = tested(report, one, worst);
    Optional<HotSpot> spot = spot(worst);
    boolean confirmed =
        cause.filter(found -> found.verdict() == Cause.Verdict.CONFIRMED).isPresent();
    boolean atFault = worst.looksElsewhere() || spot.filter(OneSpot::mayBeAFault).isPresent();
    boolean serious = confirmed && atFault && cause.orElseThrow().size() >= Cause.LARGE_EFFECT;
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "Of the images predicted as '%s', %s (%s) form a group of their own: they differ clearly in %s."
            .formatted(
                one.name(), countOf(worst.images()), percentOf(worst.share()), worst.differsIn()));
    spot.ifPresent(
        found ->
            sentences.add(
                "In them, %s of the attention lies %s, in the others %s."
                    .formatted(
                        percentOf(found.shareOf(own(worst))),
                        found.place(),
                        percentOf(found.shareOf(rest(worst))))));
    worst.traits().stream().limit(NAMED).forEach(trait -> sentences.add(TraitWords.often(trait)));
    if (worst.looksElsewhere()) {
      sentences.add(
          "The peak lies on the object in %s of them, in %s of the others."
              .formatted(percentOf(worst.own().hits()), percentOf(worst.rest().hits())));
    }
    if (place(worst).isPresent()) {
      cause
          .flatMap(Cause::medianCover)
          .ifPresent(effect -> sentences.add(Evidence.covered(effect, one, "this place in them")));
    }
    cause.flatMap(found -> pasted(found, one)).ifPresent(sentences::add);
    if (suspicious.size() > 1) {
      sentences.add(
          "The class has %s more."
              .formatted(countOf(suspicious.size() - 1, "suspicious group", "suspicious groups")));
    }
    if (!confirmed) {
      sentences.add("Its pictures show whether that is a reason or a second kind of object.");
    }
    Finding finding =
        Finding.ofClass(
            report,
            one,
            serious ? Severity.SERIOUS : Severity.NOTABLE,
            confirmed ? (1 + cause.orElseThrow().size()) / 2 : worst.suspicion() / 2,
            String.join(" ", sentences),
            "strategies",
            "Its groups");
    return serious
        ? finding.because(
            "in some images it depends on what lies "
                + (worst.looksElsewhere()
                    ? "off the object"
                    : spot.orElseThrow().place() + " of the picture"))
        : finding;
  }

  /** What was found out about a strategy. */
  private static Optional<Cause> tested(ViewReport report, ClassReport one, Strategy strategy) {
    return report.causesOf(one).stream()
        .filter(
            cause ->
                cause.suspect() instanceof Suspect.OfStrategy of
                    && of.number() == strategy.number())
        .findFirst();
  }

  private static Grid own(Strategy one) {
    return new Grid(one.own().meanMap(), one.height(), one.width());
  }

  private static Grid rest(Strategy one) {
    return new Grid(one.rest().meanMap(), one.height(), one.width());
  }

  /** Where its maps are dense and those of the others are not. */
  private static Optional<HotSpot> spot(Strategy one) {
    double[] beyond = one.own().meanMap().clone();
    for (int i = 0; i < beyond.length; i++) {
      beyond[i] = Math.max(0, beyond[i] - one.rest().meanMap()[i]);
    }
    return HotSpot.of(new Grid(beyond, one.height(), one.width()))
        .filter(spot -> spot.share() >= LEAST_OF_EXCESS);
  }

  /** The small place away from the middle in which its maps are dense; empty if there is none. */
  static Optional<Place> place(Strategy one) {
    return spot(one).filter(OneSpot::mayBeAFault).map(spot -> spot.asPlace(own(one)));
  }

  private static Optional<String> pasted(Cause cause, ClassReport one) {
    boolean onePlace = cause.suspect() instanceof Suspect.OfStrategy of && of.place().isPresent();
    Optional<Effect> own = cause.effect(CauseTest.PASTE);
    Optional<Effect> rest = cause.effect(CauseTest.PASTE_OF_REST);
    return own.isEmpty() || rest.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "%s was pasted into %s of other classes: it turns %s of them into '%s', that of the class's other images %s%s."
                .formatted(
                    onePlace
                        ? "This place"
                        : "The part that their maps mark most, %s of the picture,"
                            .formatted(percentOf(AREA)),
                    countOf(own.get().n(), "image", "images"),
                    percentOf(own.get().predicted().after()),
                    one.name(),
                    percentOf(rest.get().predicted().after()),
                    own.get().n() < Cause.FEWEST ? "; that is too few to judge by" : ""));
  }
}
