package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BenjaminiHochbergTest {
  @Test
  void qIsTheSmallestOverAllLargerP() {
    assertThat(BenjaminiHochberg.q(new double[] {0.2, 0.005, 0.5, 0.01}))
        .containsExactly(new double[] {0.8 / 3, 0.02, 0.5, 0.02}, within(1e-12));
    assertThat(BenjaminiHochberg.q(new double[] {0.04, 0.03})).containsExactly(0.04, 0.04);
    assertThat(BenjaminiHochberg.q(new double[] {1, 0.9})).containsExactly(1, 1);
    assertThat(BenjaminiHochberg.q(new double[0])).isEmpty();
  }
}
