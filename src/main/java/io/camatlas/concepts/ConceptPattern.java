package io.camatlas.concepts;

import java.io.Serializable;
import java.util.List;

/**
 * The direction in which a concept moves a layer's mean activations: from other images to examples
 * of it. What tells the two best, {@link ConceptVector}, leans away from whatever else the
 * activations hold, and may point elsewhere; the pattern is what the concept adds (Haufe et al.
 * 2014; Pahde et al. 2022, arXiv:2202.03482, eq. 5).
 *
 * @param unit the direction, of length 1, {@code [K]}
 */
public record ConceptPattern(double[] unit) implements Serializable {
  /**
   * The pattern of some examples.
   *
   * @param examples mean activations of images that show the concept, {@code [n][K]}
   * @param others those of other images
   * @throws IllegalArgumentException if both have the same mean
   */
  public static ConceptPattern of(List<float[]> examples, List<float[]> others) {
    double[] unit = new double[examples.get(0).length];
    add(unit, examples, 1.0 / examples.size());
    double whole = square(unit);
    add(unit, others, -1.0 / others.size());
    double square = square(unit);
    // Less is rounding.
    if (!(square > 1e-12 * whole)) {
      throw new IllegalArgumentException(
          "The examples and the other images have the same mean activations; nothing tells them"
              + " apart.");
    }
    for (int k = 0; k < unit.length; k++) {
      unit[k] /= Math.sqrt(square);
    }
    return new ConceptPattern(unit);
  }

  private static double square(double[] vector) {
    double square = 0;
    for (double value : vector) {
      square += value * value;
    }
    return square;
  }

  private static void add(double[] sum, List<float[]> vectors, double weight) {
    for (float[] vector : vectors) {
      for (int k = 0; k < sum.length; k++) {
        sum[k] += weight * vector[k];
      }
    }
  }

  /**
   * Whether more of the concept raises a class's score: the cosine between the direction and a
   * class's weights, −1 to 1; 0 if all weights are 0. With the weights of Grad-CAM, which are the
   * score's mean gradient, its sign is that of the directional derivative of TCAV (Kim et al. 2018,
   * eq. 1).
   *
   * @param weights of the feature maps for the class, {@code [K]}
   */
  public double alignment(float[] weights) {
    double sum = 0;
    double square = 0;
    for (int k = 0; k < unit.length; k++) {
      sum += unit[k] * weights[k];
      square += (double) weights[k] * weights[k];
    }
    return square > 0 ? sum / Math.sqrt(square) : 0;
  }

  /**
   * How much of it there usually is, in units of activation.
   *
   * @param mean of all images' mean activations, {@code [K]}
   */
  public double at(double[] mean) {
    double sum = 0;
    for (int k = 0; k < unit.length; k++) {
      sum += unit[k] * mean[k];
    }
    return sum;
  }
}
