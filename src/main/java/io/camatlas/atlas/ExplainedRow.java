package io.camatlas.atlas;

import io.camatlas.localize.SaliencyMap;
import java.util.Objects;

/**
 * What the atlas takes from one explanation: one image, one target class, one layer.
 *
 * @param image the image's name
 * @param target class explained
 * @param said what the image is said to show
 * @param role which of its image's rows this is
 * @param map where the network looked
 * @param measures of the map
 * @param featureMaps what they did
 */
public record ExplainedRow(
    Examples.Image image,
    ClassName target,
    Said said,
    Role role,
    SaliencyMap map,
    Measures measures,
    FeatureMaps featureMaps) {

  /**
   * What an image is said to show.
   *
   * @param label class of the label, or null where there is none that the model knows
   * @param predicted class with the highest score
   * @param confidence probability of the predicted class, 0 to 1
   */
  public record Said(ClassName label, ClassName predicted, double confidence) {
    /** Whether the prediction is the label; false also where there is no label. */
    boolean isRight() {
      return label != null && label.index() == predicted.index();
    }
  }

  /**
   * Which of an image's rows one is.
   *
   * @param isPrimary whether this is the image's row of the predicted class, or its first where
   *     that is no target; every image counts once in what is told of images
   * @param hasPair whether both the label and the predicted class are targets of the image
   */
  public record Role(boolean isPrimary, boolean hasPair) {}

  /**
   * Measurements of a map.
   *
   * @param entropyNats NaN on a blank map, as the next
   * @param gini of its cells
   * @param spread of its mass
   * @param borderMass share of the map within 10 % of an edge
   * @param parts of the map at half its maximum
   */
  public record Measures(
      double entropyNats, double gini, double spread, double borderMass, int parts) {}

  /**
   * What the feature maps did, {@code [K]} each.
   *
   * @param weights w_k
   * @param meanActivations mean of A_k
   * @param maxActivations maximum of A_k
   * @param maxCells cell of that maximum
   */
  public record FeatureMaps(
      float[] weights, float[] meanActivations, float[] maxActivations, int[] maxCells) {
    int count() {
      return weights.length;
    }

    private boolean fits() {
      return weights.length > 0
          && meanActivations.length == weights.length
          && maxActivations.length == weights.length
          && maxCells.length == weights.length;
    }
  }

  /**
   * @throws StateException if arrays do not fit together
   */
  public ExplainedRow {
    Objects.requireNonNull(image, "image");
    int cells = map.values().length;
    if (cells != (long) map.height() * map.width() || cells == 0) {
      throw new StateException(
          "image %s, class %s: map has %d cells and is said to be [%d,%d]; both must agree."
              .formatted(image.id(), target.name(), cells, map.height(), map.width()));
    }
    if (!featureMaps.fits()) {
      throw new StateException(
          "image %s, class %s: weights, mean_activations, max_activations and max_cells have %d, %d, %d and %d values; all must have as many as there are feature maps."
              .formatted(
                  image.id(),
                  target.name(),
                  featureMaps.weights.length,
                  featureMaps.meanActivations.length,
                  featureMaps.maxActivations.length,
                  featureMaps.maxCells.length));
    }
  }
}
