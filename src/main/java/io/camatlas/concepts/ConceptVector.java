package io.camatlas.concepts;

import java.io.Serializable;
import java.util.List;

/**
 * The direction in the space of a layer's mean activations that tells images with a concept from
 * others, as a concept activation vector does (Kim et al. 2018, arXiv:1711.11279).
 *
 * @param unit the direction, of length 1, {@code [K]}
 * @param at mean of {@code unit · x} over all images, in units of activation
 * @param scale standard deviation of {@code unit · x} over other images, in units of activation
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

  /** Standard deviation of {@code unit · x} over some images; 1 if they do not differ. */
  double deviation(List<float[]> images) {
    double mean = 0;
    double square = 0;
    for (int i = 0; i < images.size(); i++) {
      double gap = dot(images.get(i)) - mean;
      mean += gap / (i + 1);
      square += gap * (dot(images.get(i)) - mean);
    }
    return square > 0 ? Math.sqrt(square / (images.size() - 1)) : 1;
  }

  private double dot(float[] vector) {
    double sum = 0;
    for (int k = 0; k < unit.length; k++) {
      sum += unit[k] * vector[k];
    }
    return sum;
  }
}
