package io.camatlas.report.site;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.causes.Cause;
import io.camatlas.causes.CauseTest;
import io.camatlas.causes.Effect;
import io.camatlas.causes.Effect.Outcome;
import io.camatlas.causes.Effect.Said;
import io.camatlas.causes.OtherImages;
import io.camatlas.causes.Repeats;
import io.camatlas.causes.Suspect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of experiments follows from what they did and from their controls. */
class ExperimentPanelTest {
  private static final int IMAGES = 60;
  private static final OtherImages NONE_TURNED = new OtherImages(200, 0, 1);
  private static final Suspect REPEAT =
      new Suspect.OfRepeat(0, new Repeats(40, 20, NONE_TURNED), List.of());

  /** Images of other classes, of which some turn by what is pasted, and some by a control. */
  private static Effect pasting(int turned, int byControl) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      outcomes.add(new Outcome(said(false), said(i < turned), said(i < byControl)));
    }
    return Effect.of(CauseTest.PASTE, outcomes);
  }

  private static Said said(boolean isClass) {
    return new Said(isClass ? 0.9 : 0.05, isClass ? 1 : 0);
  }

  private static String verdict(Suspect suspect, int turned, int byControl) {
    Cause cause =
        new Cause(
            suspect, List.of(pasting(turned, byControl)), Optional.of(NONE_TURNED), List.of());
    return ExperimentPanel.of(cause).verdict();
  }

  @Test
  void whatTurnsNoImageIsNotEnough() {
    assertThat(verdict(REPEAT, 0, 0)).isEqualTo("It is not enough for the class.");
  }

  @Test
  void whatTurnsImagesLikeItsControlIsNotCalledTooLittle() {
    assertThat(verdict(REPEAT, 30, 30))
        .isEqualTo("It is enough for the class no more often than as much from elsewhere.");
  }

  @Test
  void whatTurnsImagesBeyondItsControlIsEnough() {
    assertThat(verdict(REPEAT, 40, 0)).isEqualTo("It is enough for the class, wherever it lies.");
  }

  @Test
  void ofSecondPartsTheOtherClassesAreTold() {
    assertThat(verdict(new Suspect.OfSecondPart(0), 0, 0))
        .startsWith("It is not enough for the class. Of the images of other classes, 0 % turn");
    assertThat(verdict(new Suspect.OfSecondPart(0), 30, 30))
        .startsWith("It is enough for the class no more often than as much from elsewhere. Of");
  }
}
