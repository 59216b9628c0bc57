package io.camatlas.localize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SaliencyMapTest {
  @Test
  void fewerCellsHoldTheSameSumInTheSamePlaces() {
    float[] values = new float[6 * 4];
    values[0] = 1;
    values[5 * 4 + 3] = 2;
    values[2 * 4 + 1] = 4;
    SaliencyMap map = new SaliencyMap(values, 6, 4);
    SaliencyMap fewer = map.within(4);
    assertThat(fewer.height()).isEqualTo(4);
    assertThat(fewer.width()).isEqualTo(3);
    // Row 2 of 6 is all of the second half of the second of 4 rows; column 1 of 4 reaches from a
    // quarter to a half, a third of it in the first of 3 columns.
    assertThat(fewer.values()[0]).isEqualTo(1);
    assertThat(fewer.values()[11]).isEqualTo(2);
    assertThat(fewer.values()[3]).isCloseTo(4 / 3f, within(1e-5f));
    assertThat(fewer.values()[4]).isCloseTo(8 / 3f, within(1e-5f));
    assertThat(map.within(6)).isSameAs(map);
    double[] halves = map.sums(1, 2);
    assertThat(halves).containsExactly(new double[] {5, 2}, within(1e-6));
  }

  @Test
  void aCellOnAnEdgeIsDividedByArea() {
    SaliencyMap map = new SaliencyMap(new float[] {3, 6, 9}, 1, 3);
    assertThat(map.sums(1, 2)).containsExactly(new double[] {6, 12}, within(1e-6));
  }
}
