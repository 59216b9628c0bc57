package io.camatlas.faithfulness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaithfulnessArithmeticTest {
  @Test
  void upsamplingGoesBetweenCentresAndKeepsTheRim() {
    // Centres of two cells lie at 1 and 3 of 4 pixels, pixels at 0.5, 1.5, 2.5, 3.5.
    float[] row = new SaliencyGrid(new float[] {1, 5}, 1, 2).upsampled(1, 4);
    assertThat(row).containsExactly(0.2f, 0.4f, 0.8f, 1f);
    float[] column = new SaliencyGrid(new float[] {1, 5}, 2, 1).upsampled(4, 1);
    assertThat(column).containsExactly(row);
  }

  @Test
  void theMaximumIsThatOfTheInputPlaneNotOfTheGrid() {
    // Three cells on two pixels: pixel centres fall at 0.25 and 1.75 of the cells.
    float[] plane = new SaliencyGrid(new float[] {0, 4, 0}, 1, 3).upsampled(1, 2);
    assertThat(plane).containsExactly(1f, 1f);
  }

  @Test
  void theSameGridIsOnlyDividedByItsMaximum() {
    assertThat(new SaliencyGrid(new float[] {1, 2, 4, 0}, 2, 2).upsampled(2, 2))
        .containsExactly(0.25f, 0.5f, 1f, 0f);
  }

  @Test
  void equalPixelsKeepTheOrderOfRows() {
    assertThat(PixelOrder.ranks(new float[] {0, 3, 3, -0f, 7})).containsExactly(3, 1, 2, 4, 0);
    float[] flat = new SaliencyGrid(new float[] {3, 3, 3, 3, 3, 3}, 2, 3).upsampled(7, 5);
    assertThat(PixelOrder.ranks(flat)).containsExactly(IntStream.range(0, 35).toArray());
  }

  @Test
  void stepsAreEqualToOnePixelAndEndWithAll() {
    assertThat(IntStream.rangeClosed(0, 4).map(step -> PixelOrder.touched(step, 4, 10)))
        .containsExactly(0, 2, 5, 7, 10);
    assertThat(PixelOrder.touched(9_999, 10_000, 5_000_000)).isEqualTo(4_999_500);
  }

  @Test
  void aucIsTheTrapezoidRuleOverTheFractionOfPixels() {
    assertThat(PixelOrder.auc(new double[] {1, 0.5, 0}, 100)).isEqualTo(0.5);
    assertThat(PixelOrder.auc(new double[] {1, 1, 1, 1}, 7)).isCloseTo(1, within(1e-12));
    // 10 pixels in 4 steps of 2, 3, 2 and 3.
    assertThat(PixelOrder.auc(new double[] {1, 0.5, 0.25, 0, 0}, 10))
        .isCloseTo((2 * 0.75 + 3 * 0.375 + 2 * 0.125 + 0) / 10, within(1e-12));
  }

  @Test
  void theKernelIsThatOfSciPy() {
    // i = numpy.zeros((11, 11)); i[5, 5] = 1; scipy.ndimage.gaussian_filter(i, 5).sum(0)
    double[] scipy = {
      0.08795814577727815,
      0.08889611977709483,
      0.09047419654910865,
      0.09219111781938807,
      0.09348938844291409,
      0.09398206326843248,
      0.09348938844291409,
      0.09219111781938807,
      0.09047419654910865,
      0.08889611977709483,
      0.08795814577727815
    };
    assertThat(RiseBlur.kernel()).containsExactly(scipy, within(1e-15));
  }

  @Test
  void theBlurIsAConvolutionThatTakesWhatLiesOutsideForZero() {
    int height = 9;
    int width = 14;
    float[] image = new float[2 * height * width];
    Random random = new Random(5);
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextGaussian();
    }
    double[] kernel = RiseBlur.kernel();
    float[] blurred = RiseBlur.apply(image, 2, height, width);
    for (int plane = 0; plane < 2; plane++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double sum = 0;
          for (int dy = -5; dy <= 5; dy++) {
            for (int dx = -5; dx <= 5; dx++) {
              int row = y + dy;
              int column = x + dx;
              if (row >= 0 && row < height && column >= 0 && column < width) {
                sum +=
                    kernel[dy + 5]
                        * kernel[dx + 5]
                        * image[(plane * height + row) * width + column];
              }
            }
          }
          assertThat(blurred[(plane * height + y) * width + x])
              .isCloseTo((float) sum, within(1e-6f));
        }
      }
    }
  }

  @Test
  void randomMapsDependOnSeedAndImageAlone() {
    String image = "0123456789abcdef0123";
    float[] first = SaliencyGrid.random(1, image, 14, 14).values();
    assertThat(SaliencyGrid.random(1, image, 14, 14).values()).containsExactly(first);
    assertThat(SaliencyGrid.random(2, image, 14, 14).values()).isNotEqualTo(first);
    assertThat(SaliencyGrid.random(1, "f" + image, 14, 14).values()).isNotEqualTo(first);
    double mean = IntStream.range(0, 196).mapToDouble(i -> first[i]).average().orElseThrow();
    assertThat(mean).isBetween(0.4, 0.6);
  }

  @Test
  void theCentreFallsToTheSideAsAGaussianOfAQuarter() {
    float[] values = SaliencyGrid.centre(5, 3).values();
    assertThat(values[2 * 3 + 1]).isEqualTo(1f);
    // A third of the width from the middle, a quarter of it being sigma.
    assertThat(values[2 * 3]).isCloseTo((float) Math.exp(-0.5 * 16 / 9), within(1e-6f));
    assertThat(values[2 * 3]).isEqualTo(values[2 * 3 + 2]);
  }
}
