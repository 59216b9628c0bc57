package io.camatlas.causes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.causes.PairedShares.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedSharesTest {
  private static Effect.Interval of(int both, int first, int second, int none) {
    List<Pair> pairs = new ArrayList<>();
    pairs.addAll(Collections.nCopies(both, new Pair(1, 1)));
    pairs.addAll(Collections.nCopies(first, new Pair(1, 0)));
    pairs.addAll(Collections.nCopies(second, new Pair(0, 1)));
    pairs.addAll(Collections.nCopies(none, new Pair(0, 0)));
    return PairedShares.difference(pairs);
  }

  /** Newcombe (1998), Statistics in Medicine 17, 2635-2650, table III, method 10. */
  @Test
  void intervalsAreThoseOfThePaper() {
    Effect.Interval found = of(20, 12, 2, 16);
    assertThat(found.mean()).isCloseTo(0.2, within(1e-12));
    assertThat(found.low()).isCloseTo(0.0562, within(5e-5));
    assertThat(found.high()).isCloseTo(0.3292, within(5e-5));
    Effect.Interval extreme = of(0, 29, 1, 0);
    assertThat(extreme.low()).isCloseTo(0.6666, within(5e-5));
    assertThat(extreme.high()).isCloseTo(0.9882, within(5e-5));
  }

  @Test
  void imagesThatAllAgreeStillLeaveDoubt() {
    Effect.Interval none = of(0, 0, 0, 40);
    assertThat(none.mean()).isZero();
    assertThat(none.low()).isCloseTo(-0.0876, within(5e-5));
    assertThat(none.high()).isCloseTo(0.0876, within(5e-5));
    assertThat(of(0, 0, 0, 10).high()).isGreaterThan(0.25);
    assertThat(of(0, 0, 0, 1).high()).isNaN();
    assertThat(of(0, 0, 0, 0).mean()).isNaN();
  }

  @Test
  void sharesOfSeveralTrialsAreTakenAsTheyAre() {
    List<Pair> pairs = new ArrayList<>(Collections.nCopies(20, new Pair(1, 0.25)));
    pairs.addAll(Collections.nCopies(20, new Pair(0, 0.25)));
    Effect.Interval found = PairedShares.difference(pairs);
    assertThat(found.mean()).isCloseTo(0.25, within(1e-12));
    assertThat(found.low()).isBetween(0.0, 0.1);
    assertThat(found.high()).isBetween(0.4, 0.5);
  }
}
