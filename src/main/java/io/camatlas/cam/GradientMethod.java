package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * A rule that computes weights from a layer's activations and the derivatives of the score; {@link
 * PixelMethod} is one that makes maps of the image's pixels.
 */
public non-sealed interface GradientMethod extends CamMethod {

  /**
   * The highest order of derivatives that the rule reads, 0 to 3. Of those that no rule reads, none
   * is computed; where all read none, the network is not differentiated.
   */
  int highestOrder();

  /** The noise that the derivatives are averaged over; {@link NoisePlan#NONE} by default. */
  default NoisePlan noise() {
    return NoisePlan.NONE;
  }

  /**
   * The way that the derivatives are averaged along, if not over noise; {@link StraightPath#NONE}
   * by default.
   */
  default StraightPath path() {
    return StraightPath.NONE;
  }

  /** What is differentiated; the score itself by default. */
  default ScoreTransform score() {
    return ScoreTransform.LOGIT;
  }

  /** Whether the rule is only defined where the scores are linear in the layer's output. */
  default boolean needsLinearHead() {
    return false;
  }

  @Override
  default String cost() {
    if (path().isLong()) {
      return "1 + " + path().steps();
    }
    return noise().isNoisy() ? "1 + n" : "1";
  }

  /**
   * Computes the weights of the feature maps, on the device that holds the trace.
   *
   * @param trace activations of the clean images and their derivatives
   * @return weights {@code [N,K,1,1]}, or {@code [N,K,h,w]} if the rule weights every neuron;
   *     dimensionless, not normalised, in the trace's manager
   */
  NDArray weights(LayerTrace trace);

  /**
   * How far rounding may have moved the weights. Empty by default: the rule divides by nothing that
   * may be near zero.
   *
   * @param rounding the share of itself by which a gradient or an activation may be off
   * @return standard errors {@code [N,K,1,1]}, in the unit of {@link #weights}
   */
  default Optional<NDArray> weightErrors(LayerTrace trace, double rounding) {
    return Optional.empty();
  }

  /**
   * The weights that each noise sample would give by itself, up to a positive factor for each pair.
   * How much the resulting maps differ shows how much the noise matters. Empty by default: no
   * agreement is measured.
   *
   * @param activations of the clean images, {@code [N,K,h,w]}
   * @param scale what the gradients were divided by, {@code [N,1,1,1]}
   * @param gradients of the samples divided by the scale, {@code [N,n,K,h,w]}
   * @return {@code [N,n,K]} weights
   */
  default Optional<NDArray> sampleWeights(NDArray activations, NDArray scale, NDArray gradients) {
    return Optional.empty();
  }
}
