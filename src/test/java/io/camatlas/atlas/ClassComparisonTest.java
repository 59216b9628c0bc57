package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.localize.Region;
import org.junit.jupiter.api.Test;

class ClassComparisonTest {
  private static ClassState of(int index, float first, float second, float... map) {
    ClassState state = new ClassState(Rows.name(index));
    float[] means = {first, second};
    ExplainedRow row =
        Rows.of(
            "i" + index, index, index, index, 1, map, new float[] {1, 1}, means, means, new int[2]);
    state.addExplanation(row, new Relevance().of(row), 3);
    state.addActivations(row);
    return state;
  }

  @Test
  void selectivityOfMorcosByHand() {
    ClassComparison all = new ClassComparison();
    ClassComparison part = new ClassComparison();
    all.add(of(0, 1, 4, 1, 0, 0, 0));
    part.add(of(1, 1, 0, 1, 0, 0, 0));
    part.add(of(2, 1, 2, 0, 0, 0, 1));
    all.merge(StateKind.COMPARISON.read(StateKind.COMPARISON.write(part)));
    // Responds to all alike.
    assertThat(all.selectivity(0)).isZero();
    // Largest 4, the others' mean (0 + 2) / 2 = 1: (4 - 1) / (4 + 1).
    assertThat(all.selectivity(1)).isCloseTo(0.6, within(1e-12));
    assertThat(all.topClass(1)).contains(Rows.name(0));
    // Of equals the first class.
    assertThat(all.topClass(0)).contains(Rows.name(0));
    assertThat(all.serves(0)).isEqualTo(3);
    // The class without any share of the second feature map is not served by it.
    assertThat(all.serves(1)).isEqualTo(2);
    // 0.16 of two maps, none of the third.
    assertThat(all.masses().get(Region.TOP_LEFT)).isCloseTo(0.32 / 3, within(1e-12));
  }

  @Test
  void oneClassHasNoSelectivity() {
    ClassComparison all = new ClassComparison();
    all.add(of(0, 1, 4, 1, 0, 0, 0));
    assertThat(all.selectivity(1)).isNaN();
    assertThat(new ClassComparison().topClass(0)).isEmpty();
  }
}
