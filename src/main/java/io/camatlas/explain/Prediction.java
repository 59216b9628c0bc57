package io.camatlas.explain;

import java.util.List;

/**
 * The network's prediction for an image, and the classes to explain.
 *
 * @param label class of the label, or -1 if there is no label or it is not a class of the model
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
   * @param reasons why the class is a target: {@code label}, {@code predicted}, {@code top-2},
   *     {@code listed}
   */
  public record Target(int index, float score, List<String> reasons) {}
}
