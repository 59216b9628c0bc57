package io.camatlas.causes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.causes.Cause.Verdict;
import io.camatlas.causes.Effect.Outcome;
import io.camatlas.causes.Effect.Said;
import io.camatlas.localize.FractionBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Suspect PLACE =
      new Suspect.OfPlace(
          0,
          new Place(List.of(new FractionBox(0, 0.8, 0.2, 1))),
          Optional.empty(),
          Suspect.Subjects.LABELLED);

  /** Images that lose, or gain by pasting, so much more than at the control. */
  private static Effect effect(CauseTest test, int n, double size) {
    Random random = new Random(1);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double noise = 0.02 * random.nextGaussian();
      boolean pasted = test.isPasting();
      Said control = new Said(pasted ? 0.05 : 0.9, pasted ? 0 : 1);
      double after = pasted ? 0.05 + size + noise : 0.9 - size + noise;
      boolean turned = i < Math.round(n * (pasted ? size : 1 - size));
      outcomes.add(new Outcome(control, new Said(after, turned ? 1 : 0), control));
    }
    return Effect.of(test, outcomes);
  }

  private static Verdict verdict(Effect... effects) {
    return new Cause(PLACE, List.of(effects), List.of()).verdict();
  }

  @Test
  void anEffectIsTheDifferenceToTheControlImageByImage() {
    Effect effect =
        Effect.of(
            CauseTest.BLUR,
            List.of(
                new Outcome(new Said(0.9, 1), new Said(0.2, 0), new Said(0.8, 1)),
                new Outcome(new Said(0.7, 1), new Said(0.6, 1), new Said(0.7, 1))));
    assertThat(effect.probability().before()).isEqualTo(0.8, within(1e-12));
    assertThat(effect.probability().after()).isEqualTo(0.4, within(1e-12));
    assertThat(effect.probability().control()).isEqualTo(0.75, within(1e-12));
    assertThat(effect.ofProbability().mean()).isEqualTo(0.35, within(1e-12));
    assertThat(effect.ofPrediction().mean()).isEqualTo(0.5, within(1e-12));
    // Two images: 0.35 +- 12.706 * 0.3536 / sqrt(2).
    assertThat(effect.ofProbability().high()).isEqualTo(0.35 + 3.1765, within(1e-3));
  }

  @Test
  void withoutAControlImagesAreComparedWithThemselves() {
    Effect effect =
        Effect.of(CauseTest.PASTE, List.of(new Outcome(new Said(0.1, 0), new Said(0.6, 1), null)));
    assertThat(effect.hasControl()).isFalse();
    assertThat(effect.ofProbability().mean()).isEqualTo(0.5, within(1e-12));
    assertThat(effect.ofProbability().low()).isNaN();
  }

  @Test
  void aLargeEffectOfCoveringConfirms() {
    assertThat(verdict(effect(CauseTest.BLUR, 40, 0.6), effect(CauseTest.PASTE, 40, 0.02)))
        .isEqualTo(Verdict.CONFIRMED);
  }

  @Test
  void imagesThatTurnByPastingConfirm() {
    assertThat(verdict(effect(CauseTest.BLUR, 40, 0.05), effect(CauseTest.PASTE, 40, 0.4)))
        .isEqualTo(Verdict.CONFIRMED);
  }

  @Test
  void whatTakesAndTurnsLittleIsRefuted() {
    assertThat(verdict(effect(CauseTest.BLUR, 40, 0.01), effect(CauseTest.PASTE, 40, 0)))
        .isEqualTo(Verdict.REFUTED);
  }

  @Test
  void anObjectThatIsSometimesThereIsLeftOpen() {
    assertThat(verdict(effect(CauseTest.BLUR, 40, 0.15), effect(CauseTest.PASTE, 40, 0.03)))
        .isEqualTo(Verdict.UNDECIDED);
  }

  /** Of a class that nearly all images are of, few others are left to paste into. */
  @Test
  void aTestOnFewImagesDoesNotStandInTheWayOfOneOnMany() {
    assertThat(verdict(effect(CauseTest.BLUR, 40, 0.6), effect(CauseTest.PASTE, 8, 0)))
        .isEqualTo(Verdict.CONFIRMED);
    assertThat(verdict(effect(CauseTest.BLUR, 40, 0.05), effect(CauseTest.PASTE, 8, 1)))
        .isEqualTo(Verdict.REFUTED);
    assertThat(verdict(effect(CauseTest.BLUR, 8, 0.6), effect(CauseTest.PASTE, 8, 1)))
        .isEqualTo(Verdict.UNDECIDED);
  }

  /** Who has little can lose little. */
  @Test
  void aClassThatIsHardlyPredictedIsNotRefuted() {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Said before = new Said(0.07 + 0.001 * i / 40, 1);
      outcomes.add(new Outcome(before, new Said(0.01, 0), before));
    }
    assertThat(verdict(Effect.of(CauseTest.BLUR, outcomes), effect(CauseTest.PASTE, 40, 0)))
        .isEqualTo(Verdict.UNDECIDED);
  }

  /** Without a control, covering confirms nothing, however much it takes. */
  @Test
  void onlyEffectsThatConfirmSayHowLargeItIs() {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      outcomes.add(new Outcome(new Said(0.9, 1), new Said(0.4, i % 2), null));
    }
    Cause cause =
        new Cause(
            PLACE,
            List.of(Effect.of(CauseTest.BLUR, outcomes), effect(CauseTest.PASTE, 40, 0.2)),
            List.of());
    assertThat(cause.verdict()).isEqualTo(Verdict.CONFIRMED);
    assertThat(cause.size()).isEqualTo(0.2, within(1e-6));
  }

  /** Any other feature map, or any other damage, might do as much. */
  @Test
  void nothingIsConfirmedWithoutAControl() {
    List<Outcome> lost = new ArrayList<>();
    List<Outcome> turned = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lost.add(new Outcome(new Said(0.9, 1), new Said(0.3, 0), null));
      turned.add(new Outcome(new Said(0.1, 0), new Said(0.8, 1), null));
    }
    assertThat(verdict(Effect.of(CauseTest.PASTE, turned))).isEqualTo(Verdict.UNDECIDED);
    Suspect map = new Suspect.OfFeatureMap(0, 86, List.of());
    Cause cause = new Cause(map, List.of(Effect.of(CauseTest.ZERO, lost)), List.of());
    assertThat(cause.verdict()).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void whatCouldNotBeShownCountsInSharesAlone() {
    Said none = new Said(Double.NaN, 0);
    Effect effect =
        Effect.of(
            CauseTest.PASTE,
            List.of(
                new Outcome(new Said(0.1, 0), new Said(0.7, 1), new Said(0.3, 0)),
                new Outcome(none, none, none)));
    assertThat(effect.n()).isEqualTo(2);
    assertThat(effect.predicted().after()).isEqualTo(0.5);
    assertThat(effect.probability().after()).isEqualTo(0.7);
    assertThat(effect.probability().control()).isEqualTo(0.3);
    assertThat(effect.ofProbability().mean()).isEqualTo(0.4, within(1e-12));
  }

  /** What other classes' images lose is known to a few points only. */
  @Test
  void aLossBeyondThatOfOthersHasTheErrorsOfBoth() {
    Suspect map = new Suspect.OfFeatureMap(0, 86, List.of(1, 2, 3));
    List<Outcome> elsewhere = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Said before = new Said(0.9, 1);
      elsewhere.add(new Outcome(before, new Said(i < 2 ? 0.3 : 0.9, 1), before));
    }
    Cause cause =
        new Cause(
            map,
            List.of(
                effect(CauseTest.ZERO, 40, 0.25), Effect.of(CauseTest.ZERO_ELSEWHERE, elsewhere)),
            List.of());
    assertThat(cause.verdict()).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void aFewImagesDecideNothing() {
    assertThat(verdict(effect(CauseTest.BLUR, 9, 0.6))).isEqualTo(Verdict.UNDECIDED);
    assertThat(verdict()).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void theCoverInTheMiddleIsJudged() {
    Cause cause =
        new Cause(
            PLACE,
            List.of(
                effect(CauseTest.BLUR, 40, 0.02),
                effect(CauseTest.MEAN_COLOUR, 40, 0.4),
                effect(CauseTest.OTHER_IMAGE, 40, 0.7)),
            List.of());
    assertThat(cause.medianCover().orElseThrow().test()).isEqualTo(CauseTest.MEAN_COLOUR);
  }

  @Test
  void aFeatureMapThatAllClassesNeedIsNotOneClasssOwn() {
    Suspect map = new Suspect.OfFeatureMap(0, 86, List.of(1, 2, 3));
    Effect own = effect(CauseTest.ZERO, 40, 0.2);
    assertThat(
            new Cause(map, List.of(own, effect(CauseTest.ZERO_ELSEWHERE, 40, 0.0)), List.of())
                .verdict())
        .isEqualTo(Verdict.CONFIRMED);
    assertThat(
            new Cause(map, List.of(own, effect(CauseTest.ZERO_ELSEWHERE, 40, 0.19)), List.of())
                .verdict())
        .isEqualTo(Verdict.UNDECIDED);
  }

  private static Verdict ofSecondPart(int n, int turned, OtherImages others) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Said no = new Said(0, 0);
      outcomes.add(new Outcome(no, i < turned ? new Said(1, 1) : no, no));
    }
    return new Cause(
            new Suspect.OfSecondPart(3),
            List.of(Effect.of(CauseTest.PASTE, outcomes)),
            Optional.ofNullable(others),
            List.of())
        .verdict();
  }

  @Test
  void aSecondPartIsJudgedBesideThoseOfOtherClasses() {
    assertThat(ofSecondPart(40, 13, new OtherImages(360, 8, 1e-8))).isEqualTo(Verdict.CONFIRMED);
    assertThat(ofSecondPart(40, 13, new OtherImages(360, 90, 0.3))).isEqualTo(Verdict.UNDECIDED);
    assertThat(ofSecondPart(64, 0, new OtherImages(600, 8, 1))).isEqualTo(Verdict.REFUTED);
    // Few images show little; with 16, four must turn.
    assertThat(ofSecondPart(16, 0, new OtherImages(600, 0, 1))).isEqualTo(Verdict.UNDECIDED);
    assertThat(ofSecondPart(16, 3, new OtherImages(9000, 1, 1e-4))).isEqualTo(Verdict.UNDECIDED);
    assertThat(ofSecondPart(16, 4, new OtherImages(9000, 1, 1e-6))).isEqualTo(Verdict.CONFIRMED);
    assertThat(ofSecondPart(64, 6, new OtherImages(9000, 1, 1e-6))).isEqualTo(Verdict.UNDECIDED);
    assertThat(ofSecondPart(64, 7, new OtherImages(9000, 1, 1e-6))).isEqualTo(Verdict.CONFIRMED);
    // Nobody to compare with.
    assertThat(ofSecondPart(64, 64, new OtherImages(0, 0, 1))).isEqualTo(Verdict.UNDECIDED);
    assertThat(ofSecondPart(64, 64, null)).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void coveringConfirmsOnlyByALargeEffectBesideAControl() {
    assertThat(verdict(effect(CauseTest.BLUR, 40, 0.15))).isEqualTo(Verdict.UNDECIDED);
    Said before = new Said(0.9, 1);
    List<Outcome> uncontrolled = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      uncontrolled.add(new Outcome(before, new Said(0.1 + i / 1000.0, 0), null));
    }
    assertThat(verdict(Effect.of(CauseTest.BLUR, uncontrolled))).isEqualTo(Verdict.UNDECIDED);
  }

  private static Cause ofStrategy(int n, double own, double rest) {
    return ofStrategy(n, own, rest, 1);
  }

  private static Cause ofStrategy(int n, double own, double rest, int groups) {
    return new Cause(
        new Suspect.OfStrategy(0, 1, Optional.empty()),
        List.of(
            effect(CauseTest.BLUR, n, 0.8),
            effect(CauseTest.PASTE, n, own),
            effect(CauseTest.PASTE_OF_REST, n, rest)),
        Optional.of(
            OtherImages.ofRest(
                new OtherImages.Turned(n, Math.round(n * own)),
                new OtherImages.Turned(n, Math.round(n * rest)),
                groups)),
        List.of());
  }

  @Test
  void aStrategyIsConfirmedByWhatItsPartsDoBeyondThoseOfTheOthers() {
    Cause more = ofStrategy(40, 0.7, 0.1);
    assertThat(more.verdict()).isEqualTo(Verdict.CONFIRMED);
    assertThat(more.size()).isEqualTo(0.6, within(1e-12));
    // Any part of an object is enough for some images; covering it always takes something.
    assertThat(ofStrategy(40, 0.7, 0.65).verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(ofStrategy(40, 0.02, 0.02).verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(ofStrategy(5, 0.8, 0).verdict()).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void ofManyStrategiesOneThatDiffersByChanceIsNotConfirmed() {
    // 12 of 40 turn, and 4 of 40 of the others: Fisher's exact test gives 0.0241.
    assertThat(ofStrategy(40, 0.3, 0.1, 1).others().orElseThrow().p())
        .isEqualTo(0.02408, within(1e-5));
    assertThat(ofStrategy(40, 0.3, 0.1, 1).verdict()).isEqualTo(Verdict.CONFIRMED);
    assertThat(ofStrategy(40, 0.3, 0.1, 3).verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(ofStrategy(40, 0.7, 0.1, 100).verdict()).isEqualTo(Verdict.CONFIRMED);
  }

  @Test
  void aStrategyWithoutOtherImagesIsNotJudged() {
    Cause alone =
        new Cause(
            new Suspect.OfStrategy(0, 1, Optional.empty()),
            List.of(effect(CauseTest.PASTE, 40, 0.7)),
            List.of());
    assertThat(alone.verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(alone.size()).isZero();
  }

  private static final Suspect FEATURE_MAP = new Suspect.OfFeatureMap(0, 7, List.of(1, 2, 3));

  /** Without other classes' images a map that all need would be taken for the class's own. */
  @Test
  void aFeatureMapIsConfirmedOnlyBesideOtherClasses() {
    Effect own = effect(CauseTest.ZERO, 40, 0.5);
    Effect little = effect(CauseTest.ZERO_ELSEWHERE, 40, 0.02);
    Effect few = effect(CauseTest.ZERO_ELSEWHERE, 6, 0.02);
    assertThat(new Cause(FEATURE_MAP, List.of(own, little), List.of()).verdict())
        .isEqualTo(Verdict.CONFIRMED);
    assertThat(new Cause(FEATURE_MAP, List.of(own, few), List.of()).verdict())
        .isEqualTo(Verdict.UNDECIDED);
    assertThat(new Cause(FEATURE_MAP, List.of(own), List.of()).verdict())
        .isEqualTo(Verdict.UNDECIDED);
  }

  /** What zeroing takes as others do is no sign that the class does without it. */
  @Test
  void aFeatureMapThatCostsAsMuchAsOthersIsNotSaidToCostNothing() {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      outcomes.add(new Outcome(new Said(0.9, 1), new Said(0.6, 1), new Said(0.6, 1)));
    }
    Cause cause = new Cause(FEATURE_MAP, List.of(Effect.of(CauseTest.ZERO, outcomes)), List.of());
    assertThat(cause.verdict()).isEqualTo(Verdict.REFUTED);
    assertThat(cause.costsAnywhere()).isTrue();
  }

  @Test
  void aCoverOfFewImagesDoesNotHideThoseOfMany() {
    Cause cause =
        new Cause(
            PLACE,
            List.of(
                effect(CauseTest.BLUR, 40, 0.4),
                effect(CauseTest.OTHER_IMAGE, 7, 0.5),
                effect(CauseTest.MEAN_COLOUR, 40, 0.6)),
            List.of());
    assertThat(cause.medianCover().orElseThrow().n()).isEqualTo(40);
    assertThat(cause.verdict()).isEqualTo(Verdict.CONFIRMED);
  }
}
