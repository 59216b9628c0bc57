package io.camatlas.spark.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.camatlas.spark.input.ImagesTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.junit.jupiter.api.Test;

/** Images are cut into tasks that are neither too short nor too long, and none is lost. */
class SlicesTest {
  private static final int BATCH = 8;

  private static List<Row> images(int count, Long bytes) {
    return IntStream.range(0, count)
        .<Row>mapToObj(
            i -> {
              Object[] values = new Object[ImagesTable.LISTING.length()];
              values[ImagesTable.LISTING.fieldIndex(ImagesTable.IMAGE_ID)] = "image-" + i;
              values[ImagesTable.LISTING.fieldIndex(ImagesTable.BYTES)] = bytes;
              return new GenericRowWithSchema(values, ImagesTable.LISTING);
            })
        .toList();
  }

  private static List<List<Row>> all(Slices slices) {
    List<List<Row>> all = new ArrayList<>();
    for (List<List<Row>> next = slices.next(3); !next.isEmpty(); next = slices.next(3)) {
      all.addAll(next);
    }
    return all;
  }

  @Test
  void everyImageIsInOneSliceInItsOrder() {
    List<Row> images = images(1000, null);
    Slices slices = new Slices(images.iterator(), BATCH, 0, images.size(), () -> 4);
    slices.learn(100, 10);
    assertThat(all(slices).stream().flatMap(List::stream)).containsExactlyElementsOf(images);
    assertThat(slices.next(1)).isEmpty();
  }

  @Test
  void theFirstSlicesAreShortAsNothingIsKnown() {
    Slices slices = new Slices(images(10_000, null).iterator(), BATCH, 0, 10_000, () -> 2);
    assertThat(slices.next(1).get(0)).hasSize(2 * BATCH);
  }

  @Test
  void slicesShrinkAsSoonAsExecutorsCome() {
    AtomicInteger slots = new AtomicInteger(2);
    Slices slices = new Slices(images(960, null).iterator(), BATCH, 0, 960, slots::get);
    slices.learn(16, 0.16);
    assertThat(slices.next(1).get(0)).hasSize(240);
    slots.set(15);
    assertThat(slices.next(1).get(0)).hasSize(24);
  }

  @Test
  void laterSlicesTakeTwentySecondsOfWholeBatches() {
    Slices slices = new Slices(images(10_000, null).iterator(), BATCH, 0, 10_000, () -> 2);
    slices.learn(16, 1.6);
    assertThat(slices.next(1).get(0)).hasSize(200);
  }

  @Test
  void whatIsLearnedLastCountsMost() {
    Slices slices = new Slices(images(10_000, null).iterator(), BATCH, 0, 10_000, () -> 2);
    slices.learn(10, 1);
    slices.learn(0, 100);
    assertThat(slices.size()).isEqualTo(200);
    slices.learn(10, 2);
    // 0.7 times 0.1 s and 0.3 times 0.2 s are 0.13 s an image.
    assertThat(slices.size()).isEqualTo(152);
  }

  @Test
  void towardsTheEndNoTaskWaitsLongForAnother() {
    Slices slices = new Slices(images(160, null).iterator(), BATCH, 0, 160, () -> 5);
    slices.learn(1000, 1);
    assertThat(all(slices)).allMatch(slice -> slice.size() <= 16).hasSizeGreaterThanOrEqualTo(10);
  }

  @Test
  void largeFilesMakeShortSlices() {
    List<Row> images = images(10, 100L << 20);
    Slices slices = new Slices(images.iterator(), BATCH, 10, images.size(), () -> 1);
    assertThat(all(slices)).extracting(List::size).containsExactly(2, 2, 2, 2, 2);
    // One that is too large by itself is not left out.
    List<Row> huge = images(2, 1L << 40);
    assertThat(all(new Slices(huge.iterator(), BATCH, 10, 2, () -> 1))).hasSize(2);
  }

  @Test
  void aGivenSizeIsKept() {
    Slices slices = new Slices(images(25, null).iterator(), BATCH, 10, 25, () -> 4);
    slices.learn(10, 1000);
    assertThat(all(slices)).extracting(List::size).containsExactly(10, 10, 5);
  }
}
