package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/** The weighting that Grad-CAM++ and Smooth Grad-CAM++ share. */
final class Alphas {
  private static final int[] SPACE = {2, 3};

  /** Keeps errors finite where a denominator is zero. */
  private static final float LEAST_SHARE = 1e-6f;

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
    NDArray denominator = sums.mul(trace.scaled(3)).addi(d2.mul(Scalars.of(d2, 2)));
    NDArray alpha = quotient(numerator == AlphaNumerator.PAPER ? d1 : d2, denominator);
    if (scaling == AlphaScaling.NORMALIZED) {
      alpha = normalized(alpha, d1, SPACE);
    }
    NDArray weights = alpha.mul(Scalars.positive(d1)).sum(SPACE, true);
    // One factor s is left, from D_1. With the first-order numerator, division by s² cancels it,
    // unless normalising has already cancelled every factor of alpha.
    boolean cancelled = numerator == AlphaNumerator.PAPER && scaling == AlphaScaling.RAW;
    return cancelled ? weights : weights.mul(s);
  }

  /**
   * How far rounding may have moved {@link #weights}. The denominator d = 2 D_2 + S D_3 of a
   * neuron, S = sum_ab A_ab, is off by about
   *
   * <p>e = r (2 D_2 + |S| (|D_3| + D_2^(3/2)) + |D_3| sqrt(sum_ab A_ab²))
   *
   * <p>for a rounding r of gradients and activations; the terms beside 2 D_2 are what is lost where
   * powers or activations of both signs cancel. Alpha = n / d is then off by |n| e / (|d| max(|d|,
   * e)), which is large where d is within rounding of zero. Weights are linear in alpha, unless it
   * is normalised; then the derivative is (D_1 - w) / sum alpha. Errors of neurons are taken to be
   * independent.
   *
   * @return standard errors {@code [N,K,1,1]}
   */
  static NDArray weightErrors(
      LayerTrace trace, AlphaNumerator numerator, AlphaScaling scaling, double rounding) {
    NDArray s = trace.scale();
    NDArray d1 = trace.scaled(1);
    NDArray d2 = trace.scaled(2);
    NDArray d3 = trace.scaled(3).abs();
    NDArray sums = trace.activations().sum(SPACE, true).mul(s);
    NDArray absolute = trace.activations().square().sum(SPACE, true).sqrt().mul(s);
    NDArray denominator = sums.mul(trace.scaled(3)).addi(d2.mul(Scalars.of(d2, 2)));
    NDArray error =
        d2.mul(Scalars.of(d2, 2))
            .addi(d2.sqrt().mul(d2).addi(d3).muli(sums.abs()))
            .addi(d3.mul(absolute))
            .muli(Scalars.of(d2, rounding));
    // A denominator of exactly zero leaves its neuron out, although it may be anything up to e.
    NDArray size = denominator.abs().maximum(error.mul(Scalars.of(error, LEAST_SHARE)));
    NDArray top = numerator == AlphaNumerator.PAPER ? d1 : d2;
    NDArray alpha = quotient(top, denominator);
    NDArray off = quotient(top.abs().mul(error), size.mul(size.maximum(error)));
    NDArray slope = Scalars.positive(d1);
    if (scaling == AlphaScaling.NORMALIZED) {
      NDArray positive = Scalars.isPositive(d1);
      NDArray total = alpha.mul(positive).sum(SPACE, true);
      NDArray some = total.add(Scalars.isZero(total));
      NDArray weights = alpha.mul(slope).sum(SPACE, true).div(some);
      slope = d1.sub(weights).mul(positive).div(some);
    }
    NDArray errors = off.mul(slope).square().sum(SPACE, true).sqrt();
    boolean cancelled = numerator == AlphaNumerator.PAPER && scaling == AlphaScaling.RAW;
    return cancelled ? errors : errors.mul(s);
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
    NDArray denominator = gradients.mul(activationSums.mul(scale)).addi(Scalars.of(scale, 2));
    NDArray positive = Scalars.positive(gradients);
    if (numerator == AlphaNumerator.SECOND && scaling == AlphaScaling.RAW) {
      return quotient(positive, denominator).sum(space);
    }
    if (numerator == AlphaNumerator.PAPER) {
      denominator = denominator.mul(gradients);
    }
    NDArray some = Scalars.isNotZero(gradients).toType(DataType.FLOAT32, false);
    NDArray alpha = quotient(some, denominator);
    if (scaling == AlphaScaling.NORMALIZED) {
      alpha = normalized(alpha, gradients, space);
    }
    return alpha.mul(positive).sum(space);
  }

  private static NDArray normalized(NDArray alpha, NDArray gradient, int[] space) {
    NDArray positive = Scalars.isPositive(gradient);
    NDArray total = alpha.mul(positive).sum(space, true);
    return alpha.div(total.add(Scalars.isZero(total)));
  }

  /** numerator / denominator, and zero where the denominator is zero. */
  static NDArray quotient(NDArray numerator, NDArray denominator) {
    NDArray safe = denominator.add(Scalars.isZero(denominator));
    return numerator.mul(Scalars.isNotZero(denominator)).divi(safe);
  }
}
