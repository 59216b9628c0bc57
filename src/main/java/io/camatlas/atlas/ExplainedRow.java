package io.camatlas.atlas;

import java.util.Objects;

/**
 * What the atlas takes from one explanation: one image, one target class, one layer.
 *
 * @param image the image's name
 * @param target class explained
 * @param label class of the label, or null where there is none that the model knows
 * @param predicted class with the highest score
 * @param confidence probability of the predicted class, 0 to 1
 * @param isPrimary whether this is the image's row of the predicted class, or its first where that
 *     is no target; every image counts once in what is told of images
 * @param hasPair whether both the label and the predicted class are targets of the image
 * @param map saliency {@code [h,w]}, not negative, not normalised
 * @param height h
 * @param width w
 * @param entropyNats of the map; NaN on a blank map, as the next
 * @param gini of the map
 * @param spread of the map
 * @param borderMass share of the map within 10 % of an edge; NaN on a blank map
 * @param parts of the map at half its maximum
 * @param weights w_k, {@code [K]}
 * @param meanActivations mean of A_k, {@code [K]}
 * @param maxActivations maximum of A_k, {@code [K]}
 * @param maxCells cell of that maximum
 */
public record ExplainedRow(
    Examples.Image image,
    ClassName target,
    ClassName label,
    ClassName predicted,
    double confidence,
    boolean isPrimary,
    boolean hasPair,
    float[] map,
    int height,
    int width,
    double entropyNats,
    double gini,
    double spread,
    double borderMass,
    int parts,
    float[] weights,
    float[] meanActivations,
    float[] maxActivations,
    int[] maxCells) {

  /**
   * @throws StateException if arrays do not fit together
   */
  public ExplainedRow {
    Objects.requireNonNull(image, "image");
    if (map.length != (long) height * width || map.length == 0) {
      throw new StateException(
          "image %s, class %s: map has %d cells and is said to be [%d,%d]; both must agree."
              .formatted(image.id(), target.name(), map.length, height, width));
    }
    int maps = weights.length;
    if (maps == 0
        || meanActivations.length != maps
        || maxActivations.length != maps
        || maxCells.length != maps) {
      throw new StateException(
          "image %s, class %s: weights, mean_activations, max_activations and max_cells have %d, %d, %d and %d values; all must have as many as there are feature maps."
              .formatted(
                  image.id(),
                  target.name(),
                  maps,
                  meanActivations.length,
                  maxActivations.length,
                  maxCells.length));
    }
  }

  /** Whether the prediction is the label; false also where there is no label. */
  boolean isRight() {
    return label != null && label.index() == predicted.index();
  }
}
