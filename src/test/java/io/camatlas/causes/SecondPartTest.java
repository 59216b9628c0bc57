package io.camatlas.causes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.causes.OtherImages.Turned;
import io.camatlas.localize.FractionBox;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecondPartTest {
  private static final int SIDE = 7;
  private static final double FISHER_FIRST = 1.6645127704392476e-09;

  private static double[] map(double... columnRowValue) {
    double[] map = new double[SIDE * SIDE];
    for (int i = 0; i < columnRowValue.length; i += 3) {
      int cell = Math.toIntExact(Math.round(columnRowValue[i + 1] * SIDE + columnRowValue[i]));
      map[cell] = columnRowValue[i + 2];
    }
    return map;
  }

  private static FractionBox box(double[] map) {
    return SecondPart.of(map, SIDE, SIDE).orElseThrow().boxes().get(0);
  }

  @Test
  void theBrightestCellFarFromThePeakIsItsCentre() {
    FractionBox box = box(map(1, 1, 5, 2, 1, 4, 4, 4, 3, 6, 0, 2));
    assertThat((box.x0() + box.x1()) / 2).isCloseTo(4.5 / SIDE, within(1e-12));
    assertThat((box.y0() + box.y1()) / 2).isCloseTo(4.5 / SIDE, within(1e-12));
    assertThat(box.area()).isCloseTo(SecondPart.SIDE * SecondPart.SIDE, within(1e-12));
  }

  @Test
  void itStaysWithinThePicture() {
    FractionBox box = box(map(0, 0, 5, 6, 6, 1));
    assertThat(box.x1()).isEqualTo(1);
    assertThat(box.y1()).isEqualTo(1);
    assertThat(box.area()).isCloseTo(SecondPart.SIDE * SecondPart.SIDE, within(1e-12));
  }

  @Test
  void aMapWithOnePlaceHasNone() {
    assertThat(SecondPart.of(map(3, 3, 5, 4, 3, 4), SIDE, SIDE)).isEmpty();
    assertThat(SecondPart.of(new double[SIDE * SIDE], SIDE, SIDE)).isEmpty();
    assertThat(SecondPart.of(new double[] {1}, 1, 1)).isEmpty();
  }

  /** scipy.stats.fisher_exact([[13, 27], [8, 351]], "greater") and the like, times the classes. */
  @Test
  void chanceIsThatOfFishersTest() {
    List<OtherImages> others =
        OtherImages.of(List.of(new Turned(40, 13), new Turned(200, 6), new Turned(159, 2)));
    assertThat(others.get(0).n()).isEqualTo(359);
    assertThat(others.get(0).turned()).isEqualTo(8);
    assertThat(others.get(0).p()).isCloseTo(3 * FISHER_FIRST, within(1e-14));
    assertThat(others.get(1).p()).isEqualTo(1);
    assertThat(OtherImages.of(List.of(new Turned(3, 2), new Turned(4, 1))).get(0).p())
        .isCloseTo(2 * 13 / 35.0, within(1e-12));
  }

  @Test
  void withoutOtherClassesNothingStandsOut() {
    assertThat(OtherImages.of(List.of(new Turned(40, 40))).get(0).p()).isEqualTo(1);
    assertThat(OtherImages.of(List.of(new Turned(0, 0), new Turned(9, 9))).get(0).p()).isEqualTo(1);
    assertThat(OtherImages.of(List.of(new Turned(9, 9), new Turned(0, 0))).get(0).share()).isNaN();
  }
}
