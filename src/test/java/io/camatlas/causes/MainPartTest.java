package io.camatlas.causes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.localize.FractionBox;
import org.junit.jupiter.api.Test;

class MainPartTest {
  private static final int SIDE = 10;

  private static double[] map(int... cells) {
    double[] map = new double[SIDE * SIDE];
    for (int i = 0; i < cells.length; i += 2) {
      map[cells[i]] = cells[i + 1];
    }
    return map;
  }

  private static FractionBox part(double[] map, double[] others) {
    return MainPart.of(map, SIDE, SIDE, others, SecondPart.SIDE, SecondPart.SIDE)
        .orElseThrow()
        .boxes()
        .get(0);
  }

  @Test
  void whatOthersMarkTooIsLessThanWhatOnlyThisOneMarks() {
    // The object in the middle holds more, but all images have it; the badge lies at (0.15, 0.85).
    double[] map = map(55, 6, 81, 4);
    double[] others = map(55, 1);
    FractionBox alone = part(map, map());
    assertThat(alone.x0()).isEqualTo(0.55 - SecondPart.SIDE / 2, within(1e-12));
    FractionBox beyond = part(map, others);
    assertThat(beyond.x0()).isEqualTo(0.15 - SecondPart.SIDE / 2, within(1e-12));
    assertThat(beyond.y1()).isEqualTo(0.85 + SecondPart.SIDE / 2, within(1e-12));
  }

  @Test
  void aPartStaysWithinThePicture() {
    FractionBox corner = part(map(99, 1), map());
    assertThat(corner.x1()).isEqualTo(1, within(1e-12));
    assertThat(corner.y1()).isEqualTo(1, within(1e-12));
    assertThat(corner.area()).isEqualTo(SecondPart.SIDE * SecondPart.SIDE, within(1e-12));
  }

  @Test
  void aBlankMapMarksNothing() {
    assertThat(MainPart.of(map(), SIDE, SIDE, map(), 0.2, 0.2)).isEmpty();
  }

  @Test
  void aPartHasTheSizeThatIsAskedFor() {
    FractionBox part =
        MainPart.of(map(0, 1), SIDE, SIDE, map(), 0.5, 0.1).orElseThrow().boxes().get(0);
    assertThat(part).isEqualTo(new FractionBox(0, 0, 0.5, 0.1));
  }

  @Test
  void mapsOfTwoGridsAreNotCompared() {
    assertThatThrownBy(() -> MainPart.of(map(0, 1), SIDE, SIDE, new double[64], 0.2, 0.2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100 cells", "64");
  }
}
