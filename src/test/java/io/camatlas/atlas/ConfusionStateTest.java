package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ConfusionStateTest {
  private static ConfusionState state() {
    return new ConfusionState(Rows.name(1), Rows.name(0), 2, 2);
  }

  @Test
  void twoMapsOfOneImageMeet() {
    ConfusionState state = state();
    state.add(Rows.of("a", 0, 1, 0, 0.6, 2, 2, 0, 0));
    assertThat(state.overlap().count()).isZero();
    state.add(Rows.of("a", 1, 1, 0, 0.6, 0, 3, 0, 1));
    assertThat(state.images()).isEqualTo(1);
    assertThat(state.predictedMaps().means()).containsExactly(0.5, 0.5, 0, 0);
    assertThat(state.labelMaps().means()).containsExactly(0, 0.75, 0, 0.25);
    // min(0.5, 0) + min(0.5, 0.75) = 0.5.
    assertThat(state.overlap().mean()).isCloseTo(0.5, within(1e-12));
    // Deviations from 1/4: (1,1,-1,-1)/4 and (-1,2,-1,0)/4; product 2/16, squares 4/16 and 6/16.
    assertThat(state.correlation().mean()).isCloseTo(2 / Math.sqrt(24), within(1e-12));
    // Peaks in the first and the second cell of the first row.
    assertThat(state.peakDistance().mean()).isEqualTo(0.5);
  }

  @Test
  void twoMapsMeetAlsoAcrossParts() {
    ConfusionState one = state();
    ConfusionState other = state();
    one.add(Rows.of("a", 0, 1, 0, 0.6, 2, 2, 0, 0));
    one.add(Rows.of("b", 1, 1, 0, 0.6, 1, 0, 0, 0));
    other.add(Rows.of("a", 1, 1, 0, 0.6, 0, 3, 0, 1));
    one = StateKind.CONFUSION.read(StateKind.CONFUSION.write(one));
    one.merge(StateKind.CONFUSION.read(StateKind.CONFUSION.write(other)));
    assertThat(one.overlap().count()).isEqualTo(1);
    assertThat(one.overlap().mean()).isCloseTo(0.5, within(1e-12));
    assertThat(one.labelMaps().count()).isEqualTo(2);
    // The image whose other map has not come yet.
    other = state();
    other.add(Rows.of("b", 0, 1, 0, 0.6, 1, 0, 0, 0));
    one.merge(other);
    assertThat(one.overlap().count()).isEqualTo(2);
    assertThat(one.overlap().mean()).isCloseTo(0.75, within(1e-12));
  }

  @Test
  void rightAndUnlabelledImagesAreNoConfusions() {
    assertThat(ConfusionState.concerns(Rows.of("a", 0, 0, 0, 0.6, 1, 1, 1, 1))).isFalse();
    assertThat(ConfusionState.concerns(Rows.of("a", 0, -1, 0, 0.6, 1, 1, 1, 1))).isFalse();
    assertThat(ConfusionState.concerns(Rows.of("a", 0, 2, 0, 0.6, 1, 1, 1, 1))).isTrue();
    assertThat(ConfusionState.concerns(Rows.of("a", 1, 2, 0, 0.6, 1, 1, 1, 1))).isFalse();
  }
}
