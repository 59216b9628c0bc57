package io.camatlas.localize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DensestCellsTest {
  @Test
  void noRectangleIsWorthMore() {
    Random random = new Random(1);
    for (int trial = 0; trial < 20; trial++) {
      int height = 1 + random.nextInt(6);
      int width = 1 + random.nextInt(6);
      double[] worth = random.doubles((long) height * width, -1, 1).toArray();
      double most = 0;
      for (int top = 0; top < height; top++) {
        for (int bottom = top + 1; bottom <= height; bottom++) {
          for (int left = 0; left < width; left++) {
            for (int right = left + 1; right <= width; right++) {
              most = Math.max(most, sum(worth, width, left, top, right, bottom));
            }
          }
        }
      }
      DensestCells found = DensestCells.of(worth, height, width).orElse(null);
      if (found == null) {
        assertThat(most).isZero();
      } else {
        assertThat(found.worth()).isEqualTo(most, within(1e-12));
        assertThat(sum(worth, width, found.left(), found.top(), found.right(), found.bottom()))
            .isEqualTo(most, within(1e-12));
      }
    }
  }

  private static double sum(double[] worth, int width, int left, int top, int right, int bottom) {
    double sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += worth[y * width + x];
      }
    }
    return sum;
  }

  @Test
  void whereNothingIsWorthAnythingThereIsNone() {
    assertThat(DensestCells.of(new double[] {-1, 0, -2, 0}, 2, 2)).isEmpty();
    assertThat(DensestCells.of(new double[] {-1, 3, -2, -1}, 2, 2))
        .contains(new DensestCells(1, 0, 2, 1, 3));
  }
}
