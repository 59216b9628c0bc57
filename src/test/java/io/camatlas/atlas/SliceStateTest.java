package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.camatlas.atlas.SliceState.Slice;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceStateTest {
  private static ExplainedRow row(boolean right, double confidence, Boolean hit, Trait... traits) {
    ExplainedRow row = Rows.of("i", 0, 0, right ? 0 : 1, confidence, 1, 2, 3, 4);
    return new ExplainedRow(
        row.image(),
        row.target(),
        row.said(),
        null,
        row.role(),
        row.map(),
        row.measures(),
        row.featureMaps(),
        new ExplainedRow.Context(List.of(traits), hit));
  }

  private static Trait trait(String value) {
    return Trait.ofMetadata("site", value);
  }

  private static SliceState state(List<ExplainedRow> rows) {
    SliceState state = new SliceState(Rows.name(0));
    rows.forEach(state::add);
    return state;
  }

  private static List<SliceComparison> compared(SliceState state, SliceMeasure measure) {
    List<SliceComparison> found = new ArrayList<>();
    state.compare(found::add);
    return found.stream().filter(one -> one.measure() == measure).toList();
  }

  private static List<ExplainedRow> shares(int hits, int n, int otherHits, int otherN) {
    List<ExplainedRow> rows = new ArrayList<>();
    IntStream.range(0, n).forEach(i -> rows.add(row(i < hits, 0.5, i < hits, trait("a"))));
    IntStream.range(0, otherN)
        .forEach(i -> rows.add(row(i < otherHits, 0.5, i < otherHits, trait("b"))));
    return rows;
  }

  /** SciPy 1.16: stats.fisher_exact. */
  @Test
  void sharesAreComparedAsByFisher() {
    SliceComparison few = compared(state(shares(3, 5, 35, 35)), SliceMeasure.ACCURACY).get(0);
    assertThat(few.slice().value()).isEqualTo("a");
    assertThat(few.n()).isEqualTo(5);
    assertThat(few.mean()).isEqualTo(0.6);
    assertThat(few.restN()).isEqualTo(35);
    assertThat(few.restMean()).isEqualTo(1);
    assertThat(few.p()).isCloseTo(0.012820512820512822, within(1e-9));
    assertThat(compared(state(shares(8, 20, 30, 40)), SliceMeasure.POINTING).get(0).p())
        .isCloseTo(0.01131784067371758, within(1e-9));
  }

  /** Few images beside very many: SciPy's fisher_exact again. */
  @Test
  void fewImagesBesideManyAreComparedExactly() {
    assertThat(compared(state(shares(4, 5, 19_980, 20_000)), SliceMeasure.ACCURACY).get(0).p())
        .isCloseTo(0.005238202515974795, within(1e-8));
  }

  @Test
  void groupsThatThreeDigitsDoNotTellApartHaveMore() {
    List<ExplainedRow> rows = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      rows.add(row(true, 0.5, null, Trait.ofPicture("shape", i % 2 == 0 ? 4032 / 3024.0 : 1.3298)));
    }
    assertThat(values(compared(state(rows), SliceMeasure.CONFIDENCE), "shape"))
        .containsExactly("1.33", "1.333");
  }

  /** Newcombe (1998), Statistics in Medicine 17, 873-890, table II, example (a), method 10. */
  @Test
  void sharesHaveNewcombesInterval() {
    SliceComparison found = compared(state(shares(56, 70, 48, 80)), SliceMeasure.ACCURACY).get(0);
    assertThat(found.low()).isCloseTo(0.0524, within(5e-5));
    assertThat(found.high()).isCloseTo(0.3339, within(5e-5));
  }

  /** SciPy 1.16: stats.ttest_ind with equal_var=False. */
  @Test
  void meansAreComparedAsByWelch() {
    List<ExplainedRow> rows = new ArrayList<>();
    for (double value : new double[] {.1, .2, .4, .35, .3}) {
      rows.add(row(true, value, null, trait("a")));
    }
    for (double value : new double[] {.5, .6, .55, .7, .65, .62, .58}) {
      rows.add(row(true, value, null, trait("b")));
    }
    SliceComparison found = compared(state(rows), SliceMeasure.CONFIDENCE).get(0);
    assertThat(found.p()).isCloseTo(0.001683710885237026, within(1e-6));
    assertThat(found.low()).isCloseTo(-0.47690438706417804, within(1e-5));
    assertThat(found.high()).isCloseTo(-0.1830956129358219, within(1e-5));
    assertThat(compared(state(rows), SliceMeasure.POINTING)).isEmpty();
  }

  @Test
  void fewImagesAreShownButNotTested() {
    SliceComparison found = compared(state(shares(0, 4, 35, 35)), SliceMeasure.ACCURACY).get(0);
    assertThat(found.mean()).isZero();
    assertThat(found.p()).isNaN();
  }

  @Test
  void numbersAreGroupedInQuartersAndFewOnesStandAlone() {
    List<ExplainedRow> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(
          row(
              true,
              0.5,
              null,
              Trait.ofMetadata("age", String.valueOf(i)),
              Trait.ofMetadata("stage", String.valueOf(i % 3)),
              Trait.ofMetadata("dose", i < 90 ? "0" : "missing"),
              Trait.ofPicture("brightness", i / 1000.0),
              Trait.ofMetadata("constant", "x")));
    }
    List<SliceComparison> found = compared(state(rows), SliceMeasure.CONFIDENCE);
    assertThat(values(found, "age")).containsExactly("0 to 24", "25 to 49", "50 to 74", "75 to 99");
    assertThat(values(found, "stage")).containsExactly("0", "1", "2");
    assertThat(values(found, "dose")).containsExactly("missing", "0");
    assertThat(values(found, "brightness"))
        .containsExactly("0 to 0.024", "0.025 to 0.049", "0.05 to 0.074", "0.075 to 0.099");
    assertThat(values(found, "constant")).isEmpty();
    assertThat(found).allMatch(one -> one.n() == one.slice().cell().images());
  }

  private static List<String> values(List<SliceComparison> found, String trait) {
    return found.stream()
        .map(SliceComparison::slice)
        .filter(slice -> slice.trait().text().equals(trait))
        .map(Slice::value)
        .toList();
  }

  /** So few that they are held one by one, and more. */
  @ParameterizedTest
  @ValueSource(ints = {1900, 2000, 2001, 4500})
  void partsMergeInAnyOrder(int images) throws IOException {
    Random random = new Random(5);
    List<ExplainedRow> rows = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      rows.add(
          row(
              random.nextBoolean(),
              random.nextDouble(),
              random.nextBoolean(),
              Trait.ofMetadata("time", String.valueOf(1.7e9 + random.nextInt(30_000_000))),
              Trait.ofMetadata("patient", "p" + random.nextInt(300)),
              Trait.ofMetadata("site", "s" + random.nextInt(5)),
              // Short decimals: their exact values lie a little below or above.
              Trait.ofPicture("brightness", random.nextInt(1000) / 1000.0)));
    }
    SliceState whole = state(rows);
    assertThat(values(compared(whole, SliceMeasure.CONFIDENCE), "patient")).isEmpty();
    assertThat(whole.asPartOfAll().givenUp())
        .extracting(Trait.Name::text)
        .containsExactly("patient");
    SliceState onlyGivenUp = whole.givenUpAsPartOfAll();
    assertThat(onlyGivenUp.givenUp()).hasSize(1);
    assertThat(told(onlyGivenUp)).isEmpty();
    List<String> expected = told(whole);
    assertThat(expected).hasSize(SliceMeasure.values().length * (4 + 5 + 4));
    for (int round = 0; round < 5; round++) {
      Collections.shuffle(rows, random);
      List<SliceState> parts = new ArrayList<>();
      int size = round % 2 == 0 ? 190 : 600;
      for (int from = 0; from < rows.size(); from += size) {
        parts.add(written(state(rows.subList(from, Math.min(rows.size(), from + size)))));
      }
      Collections.shuffle(parts, random);
      SliceState merged = new SliceState(Rows.name(0));
      parts.forEach(merged::merge);
      assertThat(told(written(merged))).isEqualTo(expected);
    }
  }

  private static List<String> told(SliceState state) {
    List<String> told = new ArrayList<>();
    state.compare(
        one ->
            told.add(
                Arrays.asList(
                        one.slice().trait(),
                        one.slice().value(),
                        one.measure(),
                        one.n(),
                        one.restN(),
                        Math.round(1e9 * one.mean()),
                        Math.round(1e9 * one.restMean()),
                        Math.round(1e6 * one.p()))
                    .toString()));
    return told;
  }

  private static SliceState written(SliceState state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.write(new DataOutputStream(bytes));
    return SliceState.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }

  @Test
  void onlyPlainNumbersAreNumbers() {
    for (String number : new String[] {"12", " -1.5 ", "1e3", "+.5", "0"}) {
      assertThat(Trait.ofMetadata("x", number).text()).as(number).isNull();
    }
    for (String text : new String[] {"1d", "NaN", "0x1p3", "1,5", "e", "", "2024-01-02"}) {
      assertThat(Trait.ofMetadata("x", text).text()).as(text).isEqualTo(text);
    }
    assertThat(Trait.ofMetadata("x", "-0").number()).isEqualTo(0.0);
  }
}
