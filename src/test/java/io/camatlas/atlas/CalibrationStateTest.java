package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationStateTest {
  private static CalibrationState.Group group(CalibrationState state, String by, int bin) {
    return state.groups(4).stream()
        .filter(group -> group.by().equals(by) && group.bin() == bin)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void expectedCalibrationErrorByHand() {
    CalibrationState state = new CalibrationState();
    // Confidence 0.9 and 0.92 share a bin of (13/15, 14/15]: one of two right, |0.5 - 0.91| = 0.41.
    state.add(Rows.of("a", 0, 0, 0, 0.9, 1, 1, 1, 1));
    state.add(Rows.of("b", 0, 1, 0, 0.92, 1, 1, 1, 0));
    // Confidence 0.5, right: |1 - 0.5|.
    state.add(Rows.of("c", 0, 0, 0, 0.5, 1, 1, 0, 0));
    // Without a label an image says nothing of calibration.
    state.add(Rows.of("d", 0, -1, 0, 0.1, 1, 0, 0, 0));
    CalibrationState.Group all = group(state, "all", 0);
    assertThat(all.images()).isEqualTo(3);
    assertThat(all.accuracy()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(all.confidence()).isCloseTo(2.32 / 3, within(1e-12));
    assertThat(all.calibrationError()).isCloseTo(2.0 / 3 * 0.41 + 1.0 / 3 * 0.5, within(1e-12));
    CalibrationState.Group high = group(state, "confidence", 13);
    assertThat(high.images()).isEqualTo(2);
    assertThat(high.accuracy()).isEqualTo(0.5);
    assertThat(high.calibrationError()).isCloseTo(0.41, within(1e-12));
    assertThat(group(state, "confidence", 0).accuracy()).isNaN();
  }

  @Test
  void quartersOfEntropyHoldAQuarterEach() {
    CalibrationState state = new CalibrationState();
    // Entropies rise with the second cell: 8 images, two a quarter, the even ones right.
    for (int i = 0; i < 8; i++) {
      state.add(Rows.of("i" + i, 0, i % 2, 0, 0.8, 100, 1 + 3 * i, 0, 0));
    }
    for (int quarter = 0; quarter < 4; quarter++) {
      assertThat(group(state, "entropy", quarter).images()).isEqualTo(2);
      assertThat(group(state, "entropy", quarter).accuracy()).isEqualTo(0.5);
    }
    List<Double> edges =
        state.groups(4).stream()
            .filter(group -> group.by().equals("entropy"))
            .map(CalibrationState.Group::low)
            .toList();
    assertThat(edges).isSorted().first().isEqualTo(0.0);
    assertThat(group(state, "entropy", 3).high()).isCloseTo(Math.log(4), within(1e-12));
  }

  @Test
  void blankMapsAreInNoQuarter() {
    CalibrationState state = new CalibrationState();
    state.add(Rows.of("a", 0, 0, 0, 0.9, 0, 0, 0, 0));
    assertThat(group(state, "all", 0).images()).isEqualTo(1);
    for (int quarter = 0; quarter < 4; quarter++) {
      assertThat(group(state, "border_mass", quarter).images()).isZero();
    }
  }
}
