package io.camatlas.atlas;

import io.camatlas.localize.SaliencyMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What the atlas uses of one explanation: one image, one target class, one layer.
 *
 * @param image the image's name
 * @param target class explained
 * @param said what the image shows, by its label and by the prediction
 * @param several what there is to say of labels where an image may have several; else null
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
    Several several,
    Role role,
    SaliencyMap map,
    Measures measures,
    FeatureMaps featureMaps,
    Context context) {

  /**
   * What an image shows, by its label and by the prediction.
   *
   * @param label class of the only label, or null if there is none or the model does not know it
   * @param predicted class with the highest score
   * @param confidence probability of the predicted class, 0 to 1; where an image may have several
   *     labels, of the class that is explained
   * @param right whether the network is right: about the image's class or, where an image may have
   *     several labels, about the class that is explained; null if that is not known
   */
  public record Said(ClassName label, ClassName predicted, double confidence, Boolean right) {
    /** What is said of an image with one label, or none. */
    public static Said of(ClassName label, ClassName predicted, double confidence) {
      return new Said(
          label,
          predicted,
          confidence,
          label == null ? null : Boolean.valueOf(label.index() == predicted.index()));
    }

    /** Whether it is known that the network is right. */
    boolean isRight() {
      return Boolean.TRUE.equals(right);
    }
  }

  /**
   * An image that may have several labels.
   *
   * @param labelled whether it has the class that is explained as a label; null if that is not
   *     known
   * @param isPredicted whether the network says so of the class that is explained
   * @param isAsked false if the class is explained only because the image has no other one
   * @param all of the image's labels; null for rows that are not primary
   */
  public record Several(Boolean labelled, boolean isPredicted, boolean isAsked, AllLabels all) {}

  /**
   * All labels of an image, by their names' indices.
   *
   * @param classes all classes
   * @param present those that the image has; null if nothing is known of its labels
   * @param unknown those of which it is not known
   * @param predicted those that the network says it has
   * @param explained those that the image has a row of
   * @param probabilities of all classes; null if they were not kept
   */
  public record AllLabels(
      List<ClassName> classes,
      Set<Integer> present,
      Set<Integer> unknown,
      Set<Integer> predicted,
      Set<Integer> explained,
      float[] probabilities) {
    /** Whether the image has a label; null if that is not known. */
    Boolean has(int index) {
      if (present == null || unknown.contains(index)) {
        return null;
      }
      return present.contains(index);
    }

    /** The probability of a class; NaN if it was not kept. */
    double probability(int index) {
      return probabilities == null ? Double.NaN : probabilities[index];
    }

    /** The classes that the image counts for: its labels, or what is predicted without any. */
    Set<Integer> counted() {
      return present == null ? predicted : present;
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
   * @param traits what images are grouped by; empty for rows that are not primary and of images
   *     with one label
   * @param onObject whether the map's peak lies on an object; null if that is not known
   */
  public record Context(List<Trait> traits, Boolean onObject) {
    /** Nothing. */
    public static final Context NONE = new Context(List.of(), null);
  }

  /**
   * Whether the class that is explained may have the objects that are annotated without a class.
   *
   * @param label what the image is labelled as; null if nothing is known
   */
  public boolean mayShowObjectsOf(String label) {
    return label == null
        || (several == null
            ? label.equals(target.name())
            : Boolean.TRUE.equals(several.labelled()));
  }

  /** The same row, with whether its map's peak lies on an object. */
  public ExplainedRow withOnObject(boolean hit) {
    return new ExplainedRow(
        image,
        target,
        said,
        several,
        role,
        map,
        measures,
        featureMaps,
        new Context(context.traits(), hit));
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
