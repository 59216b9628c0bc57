package io.camatlas.causes;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A suspect, and what the experiments on it showed.
 *
 * @param effects one for each test that could be made
 * @param others what the same showed for other classes, if every class was tested, or for the other
 *     images of a group's class; else empty
 * @param pictures a few images in the states that were tested
 */
public record Cause(
    Suspect suspect,
    List<Effect> effects,
    Optional<OtherImages> others,
    List<TestedPicture> pictures) {
  /** The least effect that is called one: a tenth of the probability, or of the images. */
  public static final double LEAST_EFFECT = 0.1;

  /** An effect from which a class counts as recognised by the suspect. */
  public static final double LARGE_EFFECT = 0.25;

  /** The fewest images that an experiment is judged on. */
  public static final int FEWEST = 10;

  /** A suspect that was not compared with other images. */
  public Cause(Suspect suspect, List<Effect> effects, List<TestedPicture> pictures) {
    this(suspect, effects, Optional.empty(), pictures);
  }

  public Cause {
    effects = List.copyOf(effects);
    pictures = List.copyOf(pictures);
  }

  /** What the experiments say of the suspect. */
  public enum Verdict {
    /** The class depends on it. */
    CONFIRMED,
    /**
     * Any effect is smaller than {@link #LEAST_EFFECT}, although the class was probable enough to
     * lose more.
     */
    REFUTED,
    /** Too few images, or effects that might be either. */
    UNDECIDED
  }

  /** The effect of a test, if it was made. */
  public Optional<Effect> effect(CauseTest test) {
    return effects.stream().filter(effect -> effect.test() == test).findFirst();
  }

  /**
   * The cover with the median effect of those that were made: what is shown neither depends on one
   * way to cover nor is the most favourable one. Where some were made on too few images to be
   * judged, these are left out.
   */
  public Optional<Effect> medianCover() {
    List<Effect> made =
        effects.stream()
            .filter(effect -> CauseTest.COVERS.contains(effect.test()))
            .sorted(Comparator.comparingDouble(effect -> effect.ofProbability().mean()))
            .toList();
    List<Effect> judged = made.stream().filter(Cause::isJudged).toList();
    List<Effect> covers = judged.isEmpty() ? made : judged;
    return covers.isEmpty() ? Optional.empty() : Optional.of(covers.get((covers.size() - 1) / 2));
  }

  /** An effect, and the least that confirms the suspect. */
  private record Judged(Effect.Interval effect, double least) {
    boolean confirms() {
      return effect.isAtLeast(least);
    }
  }

  /**
   * What is judged: of covering and of setting to zero the probability, of pasting the images.
   * Wherever its object lies, covering takes something from a class; so covering confirms a place
   * only by a large effect. Nothing is confirmed without a control.
   */
  private List<Judged> judged() {
    return Stream.of(
            medianCover()
                .filter(Cause::isJudged)
                .map(effect -> new Judged(effect.ofProbability(), beside(effect, LARGE_EFFECT))),
            effect(CauseTest.ZERO)
                .filter(Cause::isJudged)
                .map(effect -> new Judged(ownLoss(effect), besideOthers(effect))),
            effect(CauseTest.PASTE)
                .filter(Cause::isJudged)
                .map(effect -> new Judged(effect.ofPrediction(), beside(effect, LEAST_EFFECT))))
        .flatMap(Optional::stream)
        .toList();
  }

  private static double beside(Effect effect, double least) {
    return effect.hasControl() ? least : Double.POSITIVE_INFINITY;
  }

  /** A feature map is confirmed only beside what other classes lose without it. */
  private double besideOthers(Effect zero) {
    return effect(CauseTest.ZERO_ELSEWHERE).filter(Cause::isJudged).isPresent()
        ? beside(zero, LEAST_EFFECT)
        : Double.POSITIVE_INFINITY;
  }

  /** What a class loses without a feature map, beyond what other classes' images lose. */
  private Effect.Interval ownLoss(Effect zero) {
    Optional<Effect> others = effect(CauseTest.ZERO_ELSEWHERE);
    Effect.Interval own = zero.ofProbability();
    return others
        .filter(Cause::isJudged)
        .map(Effect::ofProbability)
        .filter(loss -> loss.mean() > 0)
        .map(own::beyond)
        .orElse(own);
  }

  /**
   * Of a strategy: the share of images that its parts turn, beyond that which parts of the class's
   * other images turn, with Newcombe's interval. It takes the two as independent; as both are
   * pasted into the same images, it is rather too wide.
   */
  private Optional<Effect.Interval> beyondRest() {
    Optional<Effect> own = effect(CauseTest.PASTE);
    Optional<Effect> rest = effect(CauseTest.PASTE_OF_REST);
    return own.isEmpty() || rest.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Effect.Interval.ofShares(
                own.get().predicted().after(),
                own.get().n(),
                rest.get().predicted().after(),
                rest.get().n()));
  }

  private boolean pastesMore() {
    return others.filter(one -> one.p() < OtherImages.CHANCE_OF_GROUP).isPresent()
        && Stream.of(beyondRest(), effect(CauseTest.PASTE).map(Effect::ofPrediction))
            .allMatch(effect -> effect.filter(one -> one.isAtLeast(LEAST_EFFECT)).isPresent());
  }

  /** Whether covering takes a large share of the class's probability, beyond its control. */
  public boolean coversMuch() {
    return medianCover()
        .filter(Effect::hasControl)
        .filter(effect -> effect.n() >= FEWEST)
        .filter(effect -> effect.ofProbability().isAtLeast(LARGE_EFFECT))
        .isPresent();
  }

  /**
   * Whether covering the place, or setting the feature map to zero, takes something from the class,
   * as it does elsewhere.
   */
  public boolean costsAnywhere() {
    return medianCover()
        .or(() -> effect(CauseTest.ZERO))
        .map(Effect::probability)
        .filter(mean -> mean.before() - mean.after() >= LEAST_EFFECT)
        .isPresent();
  }

  /** Whether there were too few images for any verdict. */
  public boolean hasTooFew() {
    // A group is compared with the rest of its class, so both need images.
    return suspect instanceof Suspect.OfStrategy
        ? effects.stream().anyMatch(effect -> effect.n() < FEWEST)
        : !effects.isEmpty() && judged().isEmpty();
  }

  /** An effect on enough images; one on fewer neither confirms nor stands in the way of others. */
  private static boolean isJudged(Effect effect) {
    return effect.n() >= FEWEST;
  }

  /**
   * The largest of the effects that confirm the suspect; 0 if none does. Of a strategy it is what
   * pasting does beyond the same of the class's other images.
   */
  public double size() {
    Stream<Effect.Interval> effects =
        suspect instanceof Suspect.OfStrategy
            ? beyondRest().stream()
            : judged().stream().filter(Judged::confirms).map(Judged::effect);
    return effects.mapToDouble(Effect.Interval::mean).filter(effect -> effect > 0).max().orElse(0);
  }

  /** Whether there are other images to compare with. */
  public boolean isCompared() {
    return others.filter(one -> one.n() > 0).isPresent();
  }

  /** Whether the same is found clearly more often than in other images. */
  public boolean standsOut() {
    return isCompared() && others.filter(one -> one.p() < OtherImages.CHANCE).isPresent();
  }

  /** What the experiments say. */
  public Verdict verdict() {
    List<Judged> judged = judged();
    if (judged.isEmpty() || hasTooFew()) {
      return Verdict.UNDECIDED;
    }
    if (suspect instanceof Suspect.OfStrategy) {
      // That it is no more enough does not show that the class does without it.
      return pastesMore() ? Verdict.CONFIRMED : Verdict.UNDECIDED;
    }
    if (suspect instanceof Suspect.OfSecondPart && !standsOut()) {
      return isCompared() && judged.stream().allMatch(one -> one.effect().isBelow(LEAST_EFFECT))
          ? Verdict.REFUTED
          : Verdict.UNDECIDED;
    }
    if (judged.stream().anyMatch(Judged::confirms)) {
      return Verdict.CONFIRMED;
    }
    // A feature map that all classes need is not refuted: the model does depend on it.
    boolean little =
        effect(CauseTest.ZERO)
            .filter(Cause::isJudged)
            .map(effect -> effect.ofProbability().isBelow(LEAST_EFFECT))
            .orElse(true);
    return little
            && hadMuchToLose()
            && judged.stream().allMatch(one -> one.effect().isBelow(LEAST_EFFECT))
        ? Verdict.REFUTED
        : Verdict.UNDECIDED;
  }

  /** Whether the class was probable enough before for covering or setting to zero to show. */
  private boolean hadMuchToLose() {
    return Stream.of(medianCover(), effect(CauseTest.ZERO))
        .flatMap(Optional::stream)
        .filter(Cause::isJudged)
        .allMatch(effect -> effect.probability().before() >= LARGE_EFFECT);
  }
}
