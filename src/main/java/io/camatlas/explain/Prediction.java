package io.camatlas.explain;

import java.util.List;

/**
 * What the network says of an image, and what is asked about it.
 *
 * @param label class of the label, or -1 where it has none or names no class
 * @param predicted class with the highest score
 * @param probabilities of all classes
 * @param targets the classes to explain, in order
 */
public record Prediction(int label, int predicted, float[] probabilities, List<Target> targets) {
  /** Probability of the predicted class. */
  public float confidence() {
    return probabilities[predicted];
  }

  /**
   * A class to explain.
   *
   * @param index the class
   * @param score of the class, before softmax
   * @param reasons why it is a target: {@code label}, {@code predicted}, {@code top-2}, {@code
   *     listed}
   */
  public record Target(int index, float score, List<String> reasons) {}
}
