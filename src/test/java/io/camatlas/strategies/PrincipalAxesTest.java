package io.camatlas.strategies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalAxesTest {
  private static float[][] vectors(int n, int size) {
    Random random = new Random(3);
    float[][] vectors = new float[n][size];
    for (float[] vector : vectors) {
      for (int k = 0; k < size; k++) {
        vector[k] = (float) (random.nextGaussian() * (k + 1) + 2);
      }
    }
    return vectors;
  }

  /** Few vectors and many numbers take another way than many vectors. */
  @ParameterizedTest
  @ValueSource(ints = {5, 60})
  void variancesAreTheLargestEigenvaluesOfTheCovariance(int n) {
    float[][] vectors = vectors(n, 12);
    double[][] numbers = new double[n][12];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < 12; k++) {
        numbers[i][k] = vectors[i][k];
      }
    }
    double[] values =
        new EigenDecomposition(
                new Covariance(new Array2DRowRealMatrix(numbers)).getCovarianceMatrix())
            .getRealEigenvalues();
    PrincipalAxes axes = PrincipalAxes.of(vectors, 3);
    assertThat(axes.axes()).hasDimensions(3, 12);
    for (int j = 0; j < 3; j++) {
      double sum = 0;
      for (float[] vector : vectors) {
        double at = axes.coordinates(vector)[j];
        sum += at * at;
      }
      assertThat(sum / (n - 1)).isCloseTo(values[j], within(1e-4 * values[0]));
      for (int i = 0; i <= j; i++) {
        double product = 0;
        for (int k = 0; k < 12; k++) {
          product += axes.axes()[i][k] * (double) axes.axes()[j][k];
        }
        assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-5));
      }
    }
  }

  @Test
  void vectorsThatAreAlikeHaveNoAxis() {
    assertThat(PrincipalAxes.of(new float[][] {{1, 2}, {1, 2}, {1, 2}}, 2).axes()).isEmpty();
  }
}
