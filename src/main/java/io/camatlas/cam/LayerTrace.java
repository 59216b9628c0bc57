package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * A layer's output for the clean images and the mean derivatives of the score.
 *
 * <p>Third powers of small gradients underflow float32, so derivatives are kept relative to a scale
 * s of each pair: the mean derivative of order p is {@code scale^p} times the stored one.
 *
 * @param activations A, of the clean images, {@code [N,K,h,w]}
 * @param scaledDerivatives mean derivatives of orders 1, 2, … divided by {@code scale^p}, each
 *     {@code [N,K,h,w]}; none if no rule reads them
 * @param scale s, {@code [N,1,1,1]}, positive
 */
public record LayerTrace(NDArray activations, List<NDArray> scaledDerivatives, NDArray scale) {

  public LayerTrace {
    Shape shape = activations.getShape();
    if (shape.dimension() != 4) {
      throw new IllegalArgumentException(
          "Activations are " + shape + "; class activation maps need [N,K,h,w].");
    }
    for (NDArray derivative : scaledDerivatives) {
      if (!derivative.getShape().equals(shape)) {
        throw new IllegalArgumentException(
            "Gradients are "
                + derivative.getShape()
                + " but activations are "
                + shape
                + "; take both from one pass.");
      }
    }
    scaledDerivatives = List.copyOf(scaledDerivatives);
  }

  /** Activations whose derivatives nobody reads. */
  public static LayerTrace withoutDerivatives(NDArray activations) {
    Shape scale = new Shape(activations.getShape().get(0), 1, 1, 1);
    return new LayerTrace(activations, List.of(), activations.getManager().ones(scale));
  }

  /** The stored derivative of one order; the true one is {@code scale^order} times it. */
  public NDArray scaled(int order) {
    return scaledDerivatives.get(order - 1);
  }

  /** The mean first derivative, {@code [N,K,h,w]}, in score units per unit of activation. */
  public NDArray gradient() {
    return scaled(1).mul(scale);
  }
}
