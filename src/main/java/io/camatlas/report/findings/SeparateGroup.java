package io.camatlas.report.findings;

import static io.camatlas.report.Numbers.countOf;
import static io.camatlas.report.Numbers.percentOf;

import io.camatlas.atlas.Trait;
import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.OtherImages;
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
import java.util.Comparator;
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
            + " maps that count or respond, if at least %d of them are not predicted wrongly. A class"
            + " is listed if one of its groups is clearly apart from the others and odd: small, off"
            + " the object, or predicted better or worse (suspicion of at least %s). Experiments"
            + " paste the small place away from the middle in which its maps are dense and those of"
            + " the others are not, or, without one, the part that each map marks most beyond the"
            + " others, %s of the picture, into images of other classes. The group is serious if it"
            + " has such a place, and if pasting it turns at least %s more of the images than as"
            + " large a part of the class's other images, the one that their maps mark most (less than"
            + " %s by chance, over all groups tested); or if"
            + " covering it takes as much of the class's probability beyond its control, and the"
            + " group's maps surely peak on objects less often. Else it is notable: a group may be a"
            + " second kind of object.")
        .formatted(
            FEWEST_GROUPED,
            Numbers.plain(Strategy.SUSPICIOUS_FROM),
            percentOf(AREA),
            percentOf(Cause.LARGE_EFFECT),
            percentOf(OtherImages.CHANCE_OF_GROUP));
  }

  @Override
  public String threshold() {
    return "a suspicion of %s".formatted(Numbers.plain(Strategy.SUSPICIOUS_FROM));
  }

  @Override
  public Function<ClassReport, Answer> in(ViewReport report) {
    return one -> {
      if (!report.strategies().searched()) {
        return Answer.notTestable("Strategies were not searched for.");
      }
      if (report.strategies().grouped(one.index()) < FEWEST_GROUPED
          || one.maps().visible() < report.fewest()) {
        return Answer.notTestable("Too few images are predicted rightly to make groups.");
      }
      List<Strategy> suspicious = report.strategies().suspicious(one.index());
      return suspicious.isEmpty() ? Answer.PASSED : Answer.failed(finding(report, one, suspicious));
    };
  }

  /** The worst group's. */
  private static Finding finding(ViewReport report, ClassReport one, List<Strategy> suspicious) {
    Finding worst =
        suspicious.stream()
            .map(group -> finding(report, one, group))
            .min(Finding.WORST_FIRST)
            .orElseThrow();
    int more = suspicious.size() - 1;
    return more == 0
        ? worst
        : worst.saying(
            " The class has %d more suspicious %s."
                .formatted(more, more == 1 ? "group" : "groups"));
  }

  private static Finding finding(ViewReport report, ClassReport one, Strategy group) {
    Optional<Cause> cause = tested(report, one, group);
    Optional<Place> place = place(group);
    boolean confirmed =
        cause.filter(found -> found.verdict() == Cause.Verdict.CONFIRMED).isPresent();
    boolean isEnough = confirmed && cause.orElseThrow().size() >= Cause.LARGE_EFFECT;
    boolean isNeeded = group.looksElsewhere() && cause.filter(Cause::coversMuch).isPresent();
    boolean serious = place.isPresent() && (isEnough || isNeeded);
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "Of the images predicted as '%s', %s (%s) form a group of their own: they differ clearly in %s."
            .formatted(
                one.name(), countOf(group.images()), percentOf(group.share()), group.differsIn()));
    spot(group)
        .ifPresent(
            found ->
                sentences.add(
                    "In them, %s of the attention lies %s, in the others %s."
                        .formatted(
                            percentOf(found.shareOf(own(group))),
                            found.place(),
                            percentOf(found.shareOf(rest(group))))));
    // What is known from elsewhere says more than what the pixels are like.
    group.traits().stream()
        .sorted(Comparator.comparing(trait -> trait.trait().source() == Trait.Source.PICTURE))
        .limit(NAMED)
        .forEach(trait -> sentences.add(TraitWords.often(trait)));
    if (group.looksElsewhere()) {
      sentences.add(
          "The peak lies on the object in %s of them, in %s of the others."
              .formatted(percentOf(group.own().hits()), percentOf(group.rest().hits())));
    }
    if (place.isPresent()) {
      cause
          .flatMap(Cause::medianCover)
          .ifPresent(effect -> sentences.add(Evidence.covered(effect, one, "this place in them")));
    }
    cause.flatMap(found -> pasted(found, one)).ifPresent(sentences::add);
    if (!serious) {
      sentences.add("Look at its pictures: is it a shortcut, or a second kind of object?");
    }
    Finding plain =
        Finding.ofClass(
            report,
            one,
            serious ? Severity.SERIOUS : Severity.NOTABLE,
            confirmed ? (1 + cause.orElseThrow().size()) / 2 : group.suspicion() / 2,
            String.join(" ", sentences),
            "strategies",
            "Its groups");
    Finding finding = place.map(plain::at).orElse(plain);
    return serious
        ? finding.because(
            "in some images it depends on what lies "
                + spot(group).orElseThrow().place()
                + " of the picture")
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
    if (own.isEmpty() || rest.isEmpty()) {
      return Optional.empty();
    }
    long fewest = Math.min(own.get().n(), rest.get().n());
    return Optional.of(
        "%s was pasted into %s of other classes: it turns %s of them into '%s'; as large a part of %s of this class, the one that their maps mark most, turns %s%s."
            .formatted(
                onePlace
                    ? "This place"
                    : "The part that their maps mark most, %s of the picture,"
                        .formatted(percentOf(AREA)),
                countOf(own.get().n(), "image", "images"),
                percentOf(own.get().predicted().after()),
                one.name(),
                countOf(rest.get().n(), "other image", "other images"),
                percentOf(rest.get().predicted().after()),
                fewest < Cause.FEWEST ? ", which is too few to judge by" : ""));
  }
}
