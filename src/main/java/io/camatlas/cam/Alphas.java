package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/** The weighting that Grad-CAM++ and Smooth Grad-CAM++ share. */
final class Alphas {
  private static final int[] SPACE = {2, 3};

  private Alphas() {}

  /**
   * w_k = sum_ij alpha_ij relu(D_1,ij), alpha = N / (2 D_2 + (sum_ab A_ab) D_3,ij), zero where the
   * denominator is zero (arXiv:1710.11063, eq. 19 and 5; arXiv:1908.01224, eq. 4 and 5).
   *
   * @return weights {@code [N,K,1,1]}
   */
  static NDArray weights(LayerTrace trace, AlphaNumerator numerator, AlphaScaling scaling) {
    NDArray s = trace.scale();
    NDArray d1 = trace.scaled(1);
    NDArray d2 = trace.scaled(2);
    // Dividing numerator and denominator by s² leaves D_2/s², and D_3/s³ times one s.
    NDArray sums = trace.activations().sum(SPACE, true).mul(s);
    NDArray denominator = sums.mul(trace.scaled(3)).addi(d2.mul(2f));
    NDArray alpha = quotient(numerator == AlphaNumerator.PAPER ? d1 : d2, denominator);
    if (scaling == AlphaScaling.NORMALIZED) {
      alpha = normalized(alpha, d1, SPACE);
    }
    NDArray weights = alpha.mul(d1.maximum(0f)).sum(SPACE, true);
    // One factor s is left, from D_1. With the first-order numerator, division by s² cancels it,
    // unless normalising has already cancelled every factor of alpha.
    boolean cancelled = numerator == AlphaNumerator.PAPER && scaling == AlphaScaling.RAW;
    return cancelled ? weights : weights.mul(s);
  }

  /**
   * The weights that each noise sample would give by itself, up to a positive factor for each pair.
   * With one sample D_p is g^p, and alpha reduces to 1 / (2 + (sum_ab A_ab) g), or to that divided
   * by g for the first-order numerator.
   *
   * @param activationSums sum_ab A_ab of the clean images, {@code [N,1,K,1,1]}
   * @param gradients of the samples divided by the scale, {@code [N,n,K,h,w]}
   * @param scale {@code [N,1,1,1,1]}
   * @return {@code [N,n,K]}
   */
  static NDArray sampleWeights(
      NDArray activationSums,
      NDArray gradients,
      NDArray scale,
      AlphaNumerator numerator,
      AlphaScaling scaling) {
    int[] space = {3, 4};
    NDArray denominator = gradients.mul(activationSums.mul(scale)).addi(2f);
    NDArray positive = gradients.maximum(0f);
    if (numerator == AlphaNumerator.SECOND && scaling == AlphaScaling.RAW) {
      return quotient(positive, denominator).sum(space);
    }
    if (numerator == AlphaNumerator.PAPER) {
      denominator = denominator.mul(gradients);
    }
    NDArray alpha = quotient(gradients.neq(0).toType(DataType.FLOAT32, false), denominator);
    if (scaling == AlphaScaling.NORMALIZED) {
      alpha = normalized(alpha, gradients, space);
    }
    return alpha.mul(positive).sum(space);
  }

  private static NDArray normalized(NDArray alpha, NDArray gradient, int[] space) {
    NDArray positive = gradient.gt(0).toType(DataType.FLOAT32, false);
    NDArray total = alpha.mul(positive).sum(space, true);
    return alpha.div(total.add(total.eq(0).toType(DataType.FLOAT32, false)));
  }

  /** numerator / denominator, and zero where the denominator is zero. */
  static NDArray quotient(NDArray numerator, NDArray denominator) {
    NDArray zero = denominator.eq(0).toType(DataType.FLOAT32, false);
    NDArray safe = denominator.add(zero);
    return numerator.mul(zero.mul(-1f).addi(1f)).divi(safe);
  }
}
