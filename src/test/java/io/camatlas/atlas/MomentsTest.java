package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MomentsTest {
  private static Moments of(double... values) {
    Moments moments = Moments.EMPTY;
    for (double value : values) {
      moments = moments.with(value);
    }
    return moments;
  }

  @Test
  void momentsOfFourNumbers() {
    // 2, 4, 4, 10: mean 5, squared deviations 9 + 1 + 1 + 25 = 36, variance 36 / 3.
    Moments moments = of(2, 4, 4, 10);
    assertThat(moments.count()).isEqualTo(4);
    assertThat(moments.mean()).isEqualTo(5);
    assertThat(moments.variance()).isCloseTo(12, within(1e-12));
    // t with 3 degrees of freedom is 3.1824; times sqrt(12 / 4).
    assertThat(moments.halfWidth95()).isCloseTo(3.182446 * Math.sqrt(3), within(1e-5));
  }

  @Test
  void oneNumberHasNoInterval() {
    assertThat(of(3).halfWidth95()).isNaN();
    assertThat(of(3).variance()).isNaN();
    assertThat(Moments.EMPTY.meanOrNaN()).isNaN();
  }

  @Test
  void mergeCommutesAndAssociatesAndEmptyIsNeutral() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      Moments a = of(random.doubles(random.nextInt(9), 1e6, 1e6 + 1).toArray());
      Moments b = of(random.doubles(random.nextInt(9), 1e6, 1e6 + 1).toArray());
      Moments c = of(random.doubles(random.nextInt(9), 1e6, 1e6 + 1).toArray());
      close(a.merge(b), b.merge(a));
      close(a.merge(b).merge(c), a.merge(b.merge(c)));
      assertThat(a.merge(Moments.EMPTY)).isEqualTo(a);
      close(Moments.EMPTY.merge(a), a);
    }
  }

  private static void close(Moments one, Moments other) {
    assertThat(one.count()).isEqualTo(other.count());
    assertThat(one.mean()).isCloseTo(other.mean(), within(1e-8));
    assertThat(one.m2()).isCloseTo(other.m2(), within(1e-8));
  }

  @Test
  void vectorMomentsAreMomentsOfEachComponent() throws IOException {
    Random random = new Random(2);
    VectorMoments whole = new VectorMoments(3);
    VectorMoments[] parts = {new VectorMoments(3), new VectorMoments(3), new VectorMoments(3)};
    Moments second = Moments.EMPTY;
    for (int i = 0; i < 50; i++) {
      float[] vector = {random.nextFloat(), 1000 + random.nextFloat(), -random.nextFloat()};
      whole.add(vector, 0.5);
      parts[random.nextInt(2)].add(vector, 0.5);
      second = second.with(vector[1] * 0.5);
    }
    parts[2].merge(parts[1]);
    parts[2].merge(parts[0]);
    VectorMoments read = roundTrip(parts[2]);
    assertThat(read.count()).isEqualTo(50);
    assertThat(read.means()).containsExactly(whole.means(), within(1e-9));
    assertThat(read.variances()).containsExactly(whole.variances(), within(1e-9));
    assertThat(read.mean(1)).isCloseTo(second.mean(), within(1e-9));
    assertThat(read.variance(1)).isCloseTo(second.variance(), within(1e-9));
  }

  private static VectorMoments roundTrip(VectorMoments moments) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    moments.write(new DataOutputStream(bytes));
    return VectorMoments.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }

  @Test
  void vectorsOfAnotherLengthAreRefused() {
    VectorMoments three = new VectorMoments(3);
    assertThatThrownBy(() -> three.add(new float[2], 1))
        .isInstanceOf(StateException.class)
        .hasMessage("A vector has 2 components, the others have 3; all must have the same length.");
    assertThatThrownBy(() -> three.merge(new VectorMoments(4)))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("4 components");
  }

  @Test
  void quantilesAreExactForFewAndCloseForMany() {
    Quantiles few = new Quantiles();
    Quantiles others = new Quantiles();
    for (int i = 1; i <= 50; i++) {
      few.add(i);
      others.add(50 + i);
    }
    few.add(Float.NaN);
    few.merge(others);
    assertThat(few.count()).isEqualTo(100);
    assertThat(few.at(0.1)).isEqualTo(10);
    assertThat(few.at(0.5)).isEqualTo(50);
    assertThat(few.at(0.9)).isEqualTo(90);
    Quantiles many = new Quantiles();
    for (int i : new Random(3).ints(100_000, 0, 1_000_000).toArray()) {
      many.add(i);
    }
    // Far beyond the sketch's bound of 1.4 % of rank.
    assertThat(many.at(0.5)).isCloseTo(500_000, within(40_000.0));
    assertThat(new Quantiles().at(0.5)).isNaN();
  }
}
