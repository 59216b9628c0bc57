package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelStateTest {
  private static final ClassName NAME = new ClassName(3, "Mass");

  @Test
  void countsAndCalibrationByHand() {
    LabelState state = new LabelState(NAME);
    state.add(true, true, 0.9);
    state.add(true, false, 0.1);
    state.add(false, false, 0.1);
    state.add(false, false, 0.2);
    state.add(false, true, 0.9);
    state.add(null, true, 0.7);
    assertThat(state.known()).isEqualTo(5);
    assertThat(state.unknown()).isEqualTo(1);
    assertThat(state.sensitivity()).isEqualTo(0.5);
    assertThat(state.specificity()).isCloseTo(2.0 / 3, within(1e-12));
    // Of six pairs: 0.9 beats two and ties one; 0.1 ties one and loses two.
    assertThat(state.auroc().value()).isCloseTo((2 + 0.5 + 0.5) / 6, within(1e-12));
    assertThat(state.meanProbability()).isCloseTo(2.2 / 5, within(1e-12));
    // Bins of 0.1, of 0.2 and of 0.9: |0.5 - 0.1| twice, 0.2 once, |0.5 - 0.9| twice.
    assertThat(state.calibrationError()).isCloseTo((0.8 + 0.2 + 0.8) / 5, within(1e-12));
  }

  @Test
  void theAreaIsThatOfAllPairs() {
    Random random = new Random(1);
    double[] with = new double[150];
    double[] without = new double[400];
    LabelState state = new LabelState(NAME);
    for (int i = 0; i < with.length; i++) {
      with[i] = 1 / (1 + Math.exp(4 - 2 * random.nextGaussian()));
      state.add(true, with[i] >= 0.5, with[i]);
    }
    for (int i = 0; i < without.length; i++) {
      without[i] = 1 / (1 + Math.exp(6 - 2 * random.nextGaussian()));
      state.add(false, without[i] >= 0.5, without[i]);
    }
    double pairs = 0;
    for (double one : with) {
      for (double other : without) {
        pairs += one > other ? 1 : 0;
      }
    }
    LabelState.Auroc auroc = state.auroc();
    double value = pairs / with.length / without.length;
    assertThat(auroc.value()).isCloseTo(value, within(2e-3)).isBetween(0.7, 0.85);
    assertThat(auroc.low()).isLessThan(value).isGreaterThan(value - 0.06);
    assertThat(auroc.high()).isGreaterThan(value).isLessThan(value + 0.06);
  }

  /** Of 300 draws with a known area, about 95 % have it in their interval. */
  @Test
  void intervalsHoldTheAreaOftenEnough() {
    Random random = new Random(2);
    // Two normal distributions a standard deviation apart: the area is Phi(1 / sqrt(2)).
    double area = 0.7602;
    int held = 0;
    for (int draw = 0; draw < 300; draw++) {
      LabelState state = new LabelState(NAME);
      for (int i = 0; i < 100; i++) {
        boolean has = i < 25;
        double logit = random.nextGaussian() + (has ? 1 : 0);
        state.add(has, false, 1 / (1 + Math.exp(-logit)));
      }
      LabelState.Auroc auroc = state.auroc();
      held += auroc.low() <= area && area <= auroc.high() ? 1 : 0;
    }
    assertThat(held).isBetween(276, 297);
  }

  @Test
  void anAreaWithoutAMistakeHasAnIntervalStill() {
    LabelState state = new LabelState(NAME);
    for (int i = 0; i < 10; i++) {
      state.add(i < 5, i < 5, i < 5 ? 1.0 : 0.0);
    }
    assertThat(state.auroc().value()).isEqualTo(1.0);
    assertThat(state.auroc().high()).isEqualTo(1.0);
    assertThat(state.auroc().low()).isBetween(0.3, 0.95);
    LabelState oneKind = new LabelState(NAME);
    oneKind.add(true, true, 0.9);
    assertThat(oneKind.auroc().value()).isNaN();
    assertThat(oneKind.specificity()).isNaN();
  }

  @Test
  void partsMergeToTheWholeAndSurviveBeingWritten() throws IOException {
    Random random = new Random(7);
    LabelState whole = new LabelState(NAME);
    LabelState left = new LabelState(NAME);
    LabelState right = new LabelState(NAME);
    for (int i = 0; i < 200; i++) {
      Boolean has = i % 17 == 0 ? null : Boolean.valueOf(random.nextInt(4) == 0);
      // Dyadic, so that sums do not depend on the order.
      double share = i % 23 == 0 ? Double.NaN : random.nextInt(65) / 64.0;
      whole.add(has, share >= 0.5, share);
      (i % 3 == 0 ? left : right).add(has, share >= 0.5, share);
    }
    left.merge(right);
    assertThat(bytes(left)).isEqualTo(bytes(whole));
    LabelState read = LabelState.read(new DataInputStream(new ByteArrayInputStream(bytes(whole))));
    assertThat(bytes(read)).isEqualTo(bytes(whole));
    assertThat(read.auroc()).isEqualTo(whole.auroc());
    assertThat(read.name()).isEqualTo(NAME);
  }

  private static byte[] bytes(LabelState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }
}
