package io.camatlas.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.atlas.Moments;
import io.camatlas.image.Box;
import io.camatlas.image.PixelMapping;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TruthStateTest {
  /** With and without masks, blank, several objects, none visible. */
  private static List<TruthEvaluation.Result> random(long seed, int images) {
    Random random = new Random(seed);
    PixelMapping mapping = new PixelMapping(24, 16, 24, 16, 8, 0, 16, 16);
    List<TruthEvaluation.Result> results = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      List<TruthObject> objects = new ArrayList<>();
      boolean masks = random.nextBoolean();
      for (int k = 0; k <= random.nextInt(3); k++) {
        int x = random.nextInt(18);
        int y = random.nextInt(12);
        Box box = new Box(x, y, x + 1 + random.nextInt(6), y + 1 + random.nextInt(4));
        double[] ring = {box.x0(), box.y0(), box.x1(), box.y0(), box.x1(), box.y1()};
        objects.add(TruthObject.of("thing", box, masks ? new Mask.Polygons(List.of(ring)) : null));
      }
      float[] map = new float[12];
      for (int k = 0; k < map.length && i % 7 != 3; k++) {
        map[k] = random.nextFloat();
      }
      results.add(new TruthEvaluation(objects, mapping, MaskFiles.NONE).measure(map, 3, 4));
    }
    return results;
  }

  private static TruthState sum(List<TruthEvaluation.Result> results) {
    TruthState state = TruthState.EMPTY;
    for (TruthEvaluation.Result result : results) {
      state = state.add(result);
    }
    return state;
  }

  private static byte[] bytes(TruthState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Equal, but for the rounding of the two moments, at bytes 52 to 99. */
  private static void assertSame(TruthState a, TruthState b) throws IOException {
    byte[] first = bytes(a);
    byte[] second = bytes(b);
    for (byte[] written : List.of(first, second)) {
      Arrays.fill(written, 52, 100, (byte) 0);
    }
    assertThat(first).isEqualTo(second);
    assertSame(a.energy(), b.energy());
    assertSame(a.coverage(), b.coverage());
  }

  private static void assertSame(Moments a, Moments b) {
    assertThat(a.count()).isEqualTo(b.count());
    assertThat(a.mean()).isCloseTo(b.mean(), within(1e-12));
    assertThat(a.m2()).isCloseTo(b.m2(), within(1e-10));
  }

  @Test
  void mergeDoesNotDependOnOrderOrPartitioning() throws IOException {
    TruthState a = sum(random(1, 20));
    TruthState b = sum(random(2, 13));
    TruthState c = sum(random(3, 1));
    assertSame(a.merge(b), b.merge(a));
    assertSame(a.merge(b).merge(c), a.merge(b.merge(c)));
  }

  @Test
  void emptyIsNeutral() {
    TruthState a = sum(random(4, 20));
    assertThat(a.merge(TruthState.EMPTY)).isEqualTo(a).hasSameHashCodeAs(a);
    assertThat(TruthState.EMPTY.merge(a)).isEqualTo(a);
    assertThat(TruthState.EMPTY.merge(TruthState.EMPTY)).isEqualTo(TruthState.EMPTY);
  }

  @Test
  void randomSplitsAddUpToTheWhole() throws IOException {
    List<TruthEvaluation.Result> results = random(5, 60);
    TruthState whole = sum(results);
    Random random = new Random(6);
    for (int parts = 2; parts < 9; parts++) {
      TruthState[] states = new TruthState[parts];
      Arrays.fill(states, TruthState.EMPTY);
      for (TruthEvaluation.Result result : results) {
        int part = random.nextInt(parts);
        states[part] = states[part].add(result);
      }
      assertSame(Arrays.stream(states).reduce(TruthState.EMPTY, TruthState::merge), whole);
    }
  }

  @Test
  void saveAndLoadIsIdentity() throws IOException {
    for (TruthState state :
        List.of(TruthState.EMPTY, sum(random(7, 40)), large(sum(random(8, 9))))) {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes(state)));
      assertThat(TruthState.read(in)).isEqualTo(state).hasSameHashCodeAs(state);
      assertThat(in.available()).isZero();
    }
  }

  /** Doubled 40 times, so that counts need more than 32 bits. */
  private static TruthState large(TruthState state) {
    TruthState large = state;
    for (int i = 0; i < 40; i++) {
      large = large.merge(large);
    }
    return large;
  }

  @Test
  void otherVersionsAndDamageAreRefused() throws IOException {
    byte[] written = bytes(sum(random(9, 5)));
    byte[] later = written.clone();
    later[3] = 9;
    assertThatThrownBy(() -> TruthState.read(new DataInputStream(new ByteArrayInputStream(later))))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "The ground-truth state has version 9; this program reads 2. Use the program that wrote"
                + " it.");
    byte[] endless = written.clone();
    Arrays.fill(endless, 100, 120, (byte) -1);
    assertThatThrownBy(
            () -> TruthState.read(new DataInputStream(new ByteArrayInputStream(endless))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("count 1 of 255 does not end");
    assertThatThrownBy(
            () ->
                TruthState.read(
                    new DataInputStream(new ByteArrayInputStream(Arrays.copyOf(written, 300)))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void nothingSeenHasNoMetrics() {
    TruthState empty = TruthState.EMPTY;
    assertThat(
            new double[] {
              empty.pointingAccuracy(),
              empty.pointingCentre(),
              empty.energy().meanOrNaN(),
              empty.coverage().meanOrNaN(),
              empty.maxBoxAcc().accuracy(),
              empty.maxBoxAcc().threshold(),
              empty.maxBoxAccV2(),
              empty.pxap()
            })
        .containsOnly(Double.NaN);
  }

  @Test
  void bestThresholdIsChosenForEachOverlap() {
    // Two images: at level 10 both reach 0.3, at level 20 one reaches 0.5, at 30 one 0.7.
    byte[] first = new byte[255];
    byte[] second = new byte[255];
    first[10] = 2;
    second[10] = 2;
    first[20] = 1 | 4;
    second[30] = 8;
    TruthState state = TruthState.EMPTY.add(result(first)).add(result(second));
    assertThat(state.maxBoxAcc()).isEqualTo(new TruthState.BestThreshold(0.5, 20 / 255.0));
    assertThat(state.maxBoxAccV2At30()).isEqualTo(new TruthState.BestThreshold(1, 10 / 255.0));
    assertThat(state.maxBoxAccV2At50()).isEqualTo(new TruthState.BestThreshold(0.5, 20 / 255.0));
    assertThat(state.maxBoxAccV2At70()).isEqualTo(new TruthState.BestThreshold(0.5, 30 / 255.0));
    assertThat(state.maxBoxAccV2()).isCloseTo((1 + 0.5 + 0.5) / 3, within(1e-15));
    assertThat(state.pointingAccuracy()).isEqualTo(1);
    assertThat(state.pointingCentre()).isZero();
    assertThat(state.energy().mean()).isEqualTo(0.75);
    assertThat(state.coverage().mean()).isEqualTo(0.5);
  }

  /** Else a class whose maps of large objects are blank would look worse than an even map. */
  @Test
  void anEvenMapIsMeasuredOnTheImagesOfTheOthers() {
    TruthState state =
        TruthState.EMPTY
            .add(result(new byte[255]))
            .add(
                new TruthEvaluation.Result(0, true, true, false, false, 0, 1, new byte[255], null));
    assertThat(state.blank()).isEqualTo(1);
    assertThat(state.energy().mean()).isEqualTo(0.75);
    assertThat(state.coverage().mean()).isEqualTo(0.5);
  }

  private static TruthEvaluation.Result result(byte[] boxHits) {
    return new TruthEvaluation.Result(0, true, false, true, false, 0.75, 0.5, boxHits, null);
  }
}
