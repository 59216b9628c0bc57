package io.camatlas.report.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Grids that are shown coarser than they are. */
class GridTest {
  @Test
  void aGridKeepsItsSumWhenItIsMadeCoarser() {
    double[] values = new double[130 * 70];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 17;
    }
    Grid grid = new Grid(values, 130, 70);
    Grid coarse = grid.within(64);
    assertThat(coarse.height()).isEqualTo(64);
    assertThat(coarse.width()).isEqualTo(34);
    assertThat(coarse.sum()).isEqualTo(grid.sum(), within(1e-6));
    double[] ones = new double[15 * 15];
    java.util.Arrays.fill(ones, 1);
    assertThat(java.util.Arrays.stream(new Grid(ones, 15, 15).within(14).values()).boxed())
        .allSatisfy(v -> assertThat((double) v).isEqualTo(225.0 / 196, within(1e-9)));
    assertThat(grid.within(130)).isSameAs(grid);
  }
}
