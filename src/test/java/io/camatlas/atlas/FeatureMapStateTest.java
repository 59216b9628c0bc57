package io.camatlas.atlas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureMapStateTest {
  private static final float[] MAP = {1, 0, 0, 0};

  private static ExplainedRow row(
      String image, float[] weights, float[] means, float[] maxima, int... cells) {
    return Rows.of(image, 0, 0, 0, 1, MAP, weights, means, maxima, cells);
  }

  private static void add(FeatureMapState state, ExplainedRow row) {
    state.add(row, new Relevance().of(row));
  }

  private static float[] of(float... values) {
    return values;
  }

  @Test
  void sharesAreOfEachImagesRelevance() {
    FeatureMapState state = new FeatureMapState(3, 2);
    // |w A| is 6, 2, 0: shares 3/4, 1/4, 0.
    add(state, row("a", of(2, -1, 5), of(3, 2, 0), of(9, 4, 0), 1, 2, 3));
    // |w A| is 0, 1, 3: shares 0, 1/4, 3/4.
    add(state, row("b", of(0, 1, 1), of(1, 1, 3), of(1, 1, 3), 0, 0, 0));
    // Nothing is relevant: an image without shares.
    add(state, row("c", of(0, 0, 0), of(1, 1, 1), of(1, 1, 1), 0, 0, 0));
    assertThat(state.shares().count()).isEqualTo(2);
    assertThat(state.shares().means()).containsExactly(of(0.375, 0.25, 0.375), within(1e-7));
    assertThat(state.shares().variance(0)).isCloseTo(0.28125, within(1e-6));
    assertThat(state.activations().means())
        .containsExactly(of(5.0 / 3, 4.0 / 3, 4.0 / 3), within(1e-6));
    // Of equals the lower index first.
    assertThat(state.ranking()).containsExactly(0, 2, 1);
    // Without relevance no feature map is among an image's first.
    assertThat(state.amongFirst()).containsExactly(1, 2, 1);
  }

  private static double[] of(double... values) {
    return values;
  }

  @Test
  void onlyFiveAreAmongAnImagesFirst() {
    FeatureMapState state = new FeatureMapState(7, 0);
    float[] ones = {1, 1, 1, 1, 1, 1, 1};
    add(state, row("a", of(3, 1, 7, 5, 5, 2, 5), ones, ones, 0, 0, 0, 0, 0, 0, 0));
    assertThat(state.amongFirst()).containsExactly(1, 0, 1, 1, 1, 0, 1);
    add(state, row("b", of(4, 4, 4, 4, 4, 4, 4), ones, ones, 0, 0, 0, 0, 0, 0, 0));
    assertThat(state.amongFirst()).containsExactly(2, 1, 2, 2, 2, 0, 1);
  }

  @Test
  void whatIsAmongAnyImagesFirstOrTheTwentyLargestIsDrawnOn() {
    int maps = 30;
    FeatureMapState state = new FeatureMapState(maps, 0);
    float[] ones = new float[maps];
    Arrays.fill(ones, 1);
    assertThat(state.drawnOn()).isEmpty();
    for (int i = 0; i < 10; i++) {
      float[] weights = new float[maps];
      for (int k = 0; k < maps; k++) {
        weights[k] = maps - k;
      }
      if (i == 3) {
        weights[28] = 100;
      }
      add(state, row("image" + i, weights, ones, ones, new int[maps]));
    }
    assertThat(state.drawnOn())
        .containsExactly(IntStream.concat(IntStream.range(0, 20), IntStream.of(28)).toArray());
  }

  @Test
  void examplesAreTheLargestWithTheirCell() {
    FeatureMapState state = new FeatureMapState(1, 2);
    add(state, row("a", of(1), of(1), of(5), 3));
    add(state, row("b", of(1), of(3), of(4), 2));
    add(state, row("c", of(1), of(2), of(4), 1));
    add(state, row("d", of(1), of(0), of(0), 0));
    // Relevance is w · mean · 4 cells.
    assertThat(state.byRelevance().of(0))
        .extracting(e -> e.image().id(), Examples.Example::value, Examples.Example::cell)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("b", 12f, 2),
            org.assertj.core.groups.Tuple.tuple("c", 8f, 1));
    assertThat(state.byActivation().of(0))
        .extracting(e -> e.image().id(), Examples.Example::value, Examples.Example::cell)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", 5f, 3),
            org.assertj.core.groups.Tuple.tuple("b", 4f, 2));
  }

  /** Of a layer as fine as a picture, cells do not fit into two bytes. */
  @ParameterizedTest
  @ValueSource(ints = {0, 200, 40_000, 65_535, 65_536, 204_900, 16_000_000})
  void anyCellIsWrittenAndRead(int cell) throws IOException {
    Examples examples = new Examples(2, 3);
    examples.add(new Examples.Image("a", null), of(1f, 2f), new int[] {cell, 7});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    examples.write(new DataOutputStream(bytes));
    Examples read =
        Examples.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    assertThat(read.of(0)).isEqualTo(examples.of(0));
    assertThat(read.of(0).get(0).cell()).isEqualTo(cell);
    assertThat(read.of(1).get(0).cell()).isEqualTo(7);
  }

  @Test
  void whatIsNotAboveZeroIsNoExample() {
    Examples examples = new Examples(2, 3);
    examples.add(new Examples.Image("a", null), of(0f, 2f), new int[] {0, 65_000});
    examples.add(new Examples.Image("b", null), of(-1f, Float.NaN), new int[] {1, 1});
    assertThat(examples.of(0)).isEmpty();
    assertThat(examples.of(1))
        .containsExactly(new Examples.Example(new Examples.Image("a", null), 2, 65_000));
  }
}
