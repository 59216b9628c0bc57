package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.localize.Region;
import org.junit.jupiter.api.Test;

class AttentionStateTest {
  @Test
  void meanMapIsOfMapsThatSumToOne() {
    AttentionState state = new AttentionState(2, 2);
    state.add(Rows.of("a", 0, 0, 0, 0.9, 4, 0, 0, 0));
    state.add(Rows.of("b", 0, 0, 0, 0.5, 1, 1, 1, 1));
    state.add(Rows.of("c", 0, 0, 0, 0.7, 0, 0, 0, 0));
    assertThat(state.images()).isEqualTo(3);
    assertThat(state.blank()).isEqualTo(1);
    // (1 + 1/4) / 2 and (0 + 1/4) / 2; the blank map takes no part.
    assertThat(state.maps().means()).containsExactly(0.625, 0.125, 0.125, 0.125);
    // Deviations of 0.375 either way: 2 · 0.375² / 1.
    assertThat(state.maps().variance(0)).isCloseTo(0.28125, within(1e-12));
    assertThat(state.peaks()).containsExactly(2, 0, 0, 0);
    assertThat(state.confidence().mean()).isCloseTo(0.7, within(1e-12));
  }

  @Test
  void measurementsHaveMeansAndQuantiles() {
    AttentionState state = new AttentionState(2, 2);
    state.add(Rows.of("a", 0, 0, 0, 0.9, 0, 0, 0, 4));
    state.add(Rows.of("b", 0, 0, 0, 0.5, 1, 1, 1, 1));
    assertThat(state.measure(MapMeasure.ENTROPY_NATS).moments().mean())
        .isCloseTo(Math.log(4) / 2, within(1e-12));
    assertThat(state.measure(MapMeasure.ENTROPY_NATS).quantiles().at(0.9))
        .isCloseTo(Math.log(4), within(1e-6));
    assertThat(state.measure(MapMeasure.GINI).moments().mean()).isCloseTo(0.375, within(1e-12));
    // Peaks at the centres of the last and the first cell.
    assertThat(state.measure(MapMeasure.PEAK_X).moments().mean()).isEqualTo(0.5);
    assertThat(state.measure(MapMeasure.PEAK_Y).quantiles().at(0.9)).isEqualTo(0.75);
  }

  @Test
  void regionsShareTheMass() {
    AttentionState state = new AttentionState(2, 2);
    state.add(Rows.of("a", 0, 0, 0, 0.9, 1, 0, 0, 0));
    // The corner of 0.2 by 0.2 is 0.04 of the cell's 0.25; the middle covers a quarter of it.
    assertThat(state.mass(Region.TOP_LEFT).mean()).isCloseTo(0.16, within(1e-12));
    assertThat(state.mass(Region.BOTTOM_RIGHT).mean()).isZero();
    assertThat(state.mass(Region.CENTRE).mean()).isCloseTo(0.25, within(1e-12));
    assertThat(state.mass(Region.BORDER).mean()).isCloseTo(0.36, within(1e-12));
  }

  @Test
  void mapsOfAnotherSizeAreRefused() {
    AttentionState state = new AttentionState(2, 3);
    assertThatThrownBy(() -> state.add(Rows.of("a", 0, 0, 0, 0.9, 1, 0, 0, 0)))
        .isInstanceOf(StateException.class)
        .hasMessage(
            "A map is [2,2], others are [2,3]; all maps of a layer must have the same size.");
  }
}
