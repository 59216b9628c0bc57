package io.camatlas.explain;

import io.camatlas.model.LabelSets;
import io.camatlas.model.ScoreOver;
import java.util.List;
import java.util.Optional;

/**
 * The network's prediction for an image, and the classes to explain.
 *
 * @param label class of the only label, or -1 if there is none, it is not a class of the model, or
 *     every pixel has scores
 * @param predicted class with the highest score; where every pixel has scores, the class that wins
 *     most of those that are read
 * @param probabilities of all classes; where every pixel has scores, the share of those that are
 *     read that each class wins
 * @param several what there is to say where an image may have several labels; {@code label} is -1
 *     then
 * @param targets the classes to explain, in order
 */
public record Prediction(
    int label,
    int predicted,
    float[] probabilities,
    Optional<SeveralLabels> several,
    List<Target> targets) {
  /** Probability of the predicted class. */
  public float confidence() {
    return probabilities[predicted];
  }

  /** Whether the network says that the image shows a class. */
  public boolean isPredicted(int index) {
    return several
        .map(labels -> labels.predicted().contains(index))
        .orElseGet(() -> index == predicted);
  }

  /** Whether a class is a label of the image; empty if that is not known. */
  public Optional<Boolean> isLabelled(int index) {
    return several.isPresent()
        ? several.get().known().flatMap(known -> known.has(index))
        : label < 0 ? Optional.empty() : Optional.of(index == label);
  }

  /**
   * Whether the prediction is right; empty if that is not known. Where an image may have several
   * labels, what is said of the one class is right or wrong; else the image's class is.
   */
  public Optional<Boolean> isRight(int index) {
    return several.isPresent()
        ? isLabelled(index).map(has -> has == isPredicted(index))
        : label < 0 ? Optional.empty() : Optional.of(label == predicted);
  }

  /**
   * An image that may have several labels.
   *
   * @param known its labels; empty if nothing is known of them
   * @param predicted classes whose probabilities reach their thresholds, most probable first
   */
  public record SeveralLabels(Optional<LabelSets.Known> known, List<Integer> predicted) {}

  /**
   * A class to explain.
   *
   * @param index the class
   * @param score of the class, before softmax
   * @param over what the score is the mean over; empty if the network scores whole images
   * @param reasons why the class is a target: {@code label}, {@code predicted}, {@code top-2},
   *     {@code listed}, or {@code highest} if no class is a target for these reasons and the image
   *     may have several labels or none
   */
  public record Target(int index, float score, Optional<ReadPixels> over, List<String> reasons) {}

  /**
   * Pixels whose scores are read.
   *
   * @param which which they are
   * @param share of all pixels of the scores, 0 to 1
   */
  public record ReadPixels(ScoreOver which, double share) {}
}
