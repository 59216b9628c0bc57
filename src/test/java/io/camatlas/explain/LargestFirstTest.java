package io.camatlas.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LargestFirstTest {
  @Test
  void theyAreThoseThatSortingPutsFirst() {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      float[] numbers = new float[random.nextInt(40)];
      for (int at = 0; at < numbers.length; at++) {
        numbers[at] = random.nextInt(30) == 0 ? Float.NaN : random.nextInt(8) - 3;
      }
      int most = random.nextInt(45);
      assertThat(LargestFirst.of(numbers, most))
          .containsExactly(
              IntStream.range(0, numbers.length)
                  .boxed()
                  .sorted((a, b) -> Float.compare(numbers[b], numbers[a]))
                  .limit(most)
                  .mapToInt(Integer::intValue)
                  .toArray());
    }
  }
}
