package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpreadTest {
  private static Moments of(double... values) {
    Moments moments = Moments.EMPTY;
    for (double value : values) {
      moments = moments.with(value);
    }
    return moments;
  }

  /** Numbers of scipy.stats.ttest_ind, with and without equal_var. */
  @Test
  void testsAreThoseOfWelchAndStudent() {
    Moments one = of(1, 2, 3, 4);
    Moments other = of(2, 4, 6, 8, 11);
    assertThat(Spread.welch(one, other).judge(-3.7).p())
        .isCloseTo(0.07733045971847786, within(1e-9));
    assertThat(Spread.student(one, other).judge(-3.7).p())
        .isCloseTo(0.08694981774592642, within(1e-9));
  }

  /** Copies of one picture, say, have no variance of their own. */
  @Test
  void aFewEqualNumbersMakeStudentsTestNoSurer() {
    Moments equal = of(0.6, 0.6, 0.6, 0.6, 0.6);
    Moments others = of(0.5, 0.7, 0.9, 0.6, 0.8, 0.7, 0.9, 0.5, 0.8, 0.7, 0.7, 0.6);
    double gap = equal.mean() - others.mean();
    assertThat(Spread.welch(equal, others).judge(gap).p()).isLessThan(0.05);
    assertThat(Spread.student(equal, others).judge(gap).p()).isGreaterThan(0.05);
  }

  @Test
  void whatHasNoSpreadIsNotJudged() {
    assertThat(Spread.NONE.judge(1)).isEqualTo(Spread.Judged.NONE);
  }
}
