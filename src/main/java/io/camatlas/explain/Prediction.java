package io.camatlas.explain;

import io.camatlas.model.ScoreOver;
import java.util.List;
import java.util.Optional;

/**
 * The network's prediction for an image, and the classes to explain.
 *
 * @param label class of the label, or -1 if there is no label, it is not a class of the model, or
 *     every pixel has scores
 * @param predicted class with the highest score; where every pixel has scores, the class that wins
 *     most of those that are read
 * @param probabilities of all classes; where every pixel has scores, the share of those that are
 *     read that each class wins
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
   * @param over what the score is the mean over; empty if the network scores whole images
   * @param reasons why the class is a target: {@code label}, {@code predicted}, {@code top-2},
   *     {@code listed}
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
