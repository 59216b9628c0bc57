package io.camatlas.concepts;

import java.io.Serializable;

/**
 * The direction in the space of a layer's mean activations that tells images with a concept from
 * others, as a concept activation vector does (Kim et al. 2018, arXiv:1711.11279).
 *
 * @param unit the direction, of length 1, {@code [K]}
 * @param at mean of {@code unit · x} over all images, in units of activation
 * @param scale the unit of scores, in units of activation
 * @param threshold score from which on an image is nearer to the examples than to other images
 */
public record ConceptVector(double[] unit, double at, double scale, double threshold)
    implements Serializable {

  /**
   * How much an image shows the concept, in standard deviations of other images from the mean of
   * all images.
   *
   * @param activations the image's mean activations x, {@code [K]}
   */
  public double score(float[] activations) {
    return (dot(activations) - at) / scale;
  }

  /** Where an image lies along the direction, in units of activation. */
  public double along(float[] activations) {
    return dot(activations);
  }

  /** The same direction and threshold, with scores in another unit of activation. */
  public ConceptVector withScale(double other) {
    return new ConceptVector(unit, at, other, threshold * scale / other);
  }

  private double dot(float[] vector) {
    double sum = 0;
    for (int k = 0; k < unit.length; k++) {
      sum += unit[k] * vector[k];
    }
    return sum;
  }
}
