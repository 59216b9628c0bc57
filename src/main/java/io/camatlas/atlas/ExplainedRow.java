package io.camatlas.atlas;

import io.camatlas.localize.SaliencyMap;
import java.util.List;
import java.util.Objects;

/**
 * What the atlas uses of one explanation: one image, one target class, one layer.
 *
 * @param image the image's name
 * @param target class explained
 * @param said what the image shows, by its label and by the prediction
 * @param role which of the image's rows this is
 * @param map where the network looked
 * @param measures of the map
 * @param featureMaps weights and activations of the layer's feature maps
 * @param context what else is known of the image
 */
public record ExplainedRow(
    Examples.Image image,
    ClassName target,
    Said said,
    Role role,
    SaliencyMap map,
    Measures measures,
    FeatureMaps featureMaps,
    Context context) {

  /**
   * What an image shows, by its label and by the prediction.
   *
   * @param label class of the label, or null if there is none or the model does not know it
   * @param predicted class with the highest score
   * @param confidence probability of the predicted class, 0 to 1
   */
  public record Said(ClassName label, ClassName predicted, double confidence) {
    /** Whether the prediction equals the label; also false without a label. */
    boolean isRight() {
      return label != null && label.index() == predicted.index();
    }
  }

  /**
   * The role of a row among the rows of its image.
   *
   * @param isPrimary whether this is the image's row for the predicted class, or its first row if
   *     that class is not a target; statistics of images use primary rows only, so every image
   *     counts once
   * @param hasPair whether both the label and the predicted class are targets of the image
   */
  public record Role(boolean isPrimary, boolean hasPair) {}

  /**
   * Measurements of a map.
   *
   * @param entropyNats NaN on a blank map, as {@code gini}, {@code spread} and {@code borderMass}
   *     are
   * @param gini of its cells
   * @param spread of its mass
   * @param borderMass share of the map within 10 % of an edge
   * @param parts of the map at half its maximum
   * @param undetermined share of the map that rounding decides
   */
  public record Measures(
      double entropyNats,
      double gini,
      double spread,
      double borderMass,
      int parts,
      double undetermined) {}

  /**
   * Weights and activations of the feature maps, {@code [K]} each.
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
   * What else is known of the image.
   *
   * @param traits what images are grouped by; empty for rows that are not primary
   * @param onObject whether the map's peak lies on an object; null if that is not known
   */
  public record Context(List<Trait> traits, Boolean onObject) {
    /** Nothing. */
    public static final Context NONE = new Context(List.of(), null);
  }

  /** The same row, with whether its map's peak lies on an object. */
  public ExplainedRow withOnObject(boolean hit) {
    return new ExplainedRow(
        image, target, said, role, map, measures, featureMaps, new Context(context.traits(), hit));
  }

  /**
   * @throws StateException if the arrays' sizes do not match
   */
  public ExplainedRow {
    Objects.requireNonNull(image, "image");
    int cells = map.values().length;
    if (cells != (long) map.height() * map.width() || cells == 0) {
      throw new StateException(
          "image %s, class %s: map has %d cells but its size is given as [%d,%d]; both must agree."
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
