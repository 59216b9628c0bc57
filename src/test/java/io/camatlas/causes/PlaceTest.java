package io.camatlas.causes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.image.Box;
import io.camatlas.localize.FractionBox;
import io.camatlas.localize.Region;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlaceTest {
  private static final Place CORNER = new Place(List.of(new FractionBox(0, 0.75, 0.25, 1)));

  private static double[] map(int cell, double value) {
    double[] map = new double[16];
    java.util.Arrays.fill(map, 1);
    map[cell] = value;
    return map;
  }

  @Test
  void elsewhereIsWhereTheMapHasTheLeast() {
    // Row 1, column 2 has the least.
    Place elsewhere = CORNER.elsewhere(map(6, 0), 4, 4).orElseThrow();
    assertThat(elsewhere.boxes()).containsExactly(new FractionBox(0.5, 0.25, 0.75, 0.5));
    assertThat(elsewhere.area()).isEqualTo(CORNER.area(), within(1e-12));
  }

  @Test
  void ofEquallyGoodPlacesOneAsFarFromTheMiddleIsTaken() {
    Place elsewhere = CORNER.elsewhere(map(0, 1), 4, 4).orElseThrow();
    FractionBox box = elsewhere.boxes().get(0);
    assertThat(List.of(box.x0(), box.y0()))
        .isIn(List.of(0.0, 0.0), List.of(0.75, 0.0), List.of(0.75, 0.75));
  }

  @Test
  void thePlacesOfARegionMoveClearOfOneAnother() {
    Place corners = new Place(Region.CORNERS.boxes());
    Place elsewhere = corners.elsewhere(map(5, 2), 4, 4).orElseThrow();
    assertThat(elsewhere.boxes()).hasSize(4);
    assertThat(elsewhere.area()).isEqualTo(corners.area(), within(1e-9));
    for (FractionBox box : elsewhere.boxes()) {
      for (FractionBox other : corners.boxes()) {
        assertThat(overlap(box, other)).isLessThan(1e-9);
      }
      // Itself alone.
      assertThat(elsewhere.boxes()).filteredOn(other -> overlap(box, other) > 1e-9).hasSize(1);
    }
  }

  @Test
  void twoPlacesShareWhatLiesInBoth() {
    Place two =
        new Place(List.of(new FractionBox(0, 0, 0.25, 1), new FractionBox(0.5, 0, 0.75, 0.5)));
    assertThat(CORNER.shared(two)).isEqualTo(0.0625, within(1e-12));
    assertThat(two.shared(CORNER)).isEqualTo(0.0625, within(1e-12));
    assertThat(CORNER.shared(new Place(List.of(new FractionBox(0.5, 0, 1, 1))))).isZero();
  }

  private static double overlap(FractionBox a, FractionBox b) {
    return Math.max(0, Math.min(a.x1(), b.x1()) - Math.max(a.x0(), b.x0()))
        * Math.max(0, Math.min(a.y1(), b.y1()) - Math.max(a.y0(), b.y0()));
  }

  @Test
  void aFrameHasNoEqualPlaceElsewhere() {
    assertThat(new Place(Region.BORDER.boxes()).elsewhere(map(5, 2), 4, 4)).isEmpty();
  }

  @Test
  void pixelsAreThoseOfThePartThatTheNetworkSaw() {
    assertThat(CORNER.in(new Box(10, 20, 110, 60))).containsExactly(new Box(10, 50, 35, 60));
  }

  /** Gradients of a sure network are tiny, and so are its maps. */
  @Test
  void whereAMapHasTheLeastDoesNotDependOnItsSize() {
    double[] tiny = map(6, 0);
    for (int i = 0; i < tiny.length; i++) {
      tiny[i] *= 1e-12;
    }
    assertThat(CORNER.elsewhere(tiny, 4, 4)).isEqualTo(CORNER.elsewhere(map(6, 0), 4, 4));
  }
}
