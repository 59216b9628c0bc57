package io.camatlas.model;

import com.fasterxml.jackson.annotation.JsonValue;
import io.camatlas.suggest.Choices;

/** What a network's scores are. */
public enum ScoreKind {
  /** Scores before softmax; most classifiers. */
  LOGITS,
  /** Probabilities: the network ends in softmax. */
  PROBABILITIES,
  /** Logarithms of probabilities: the network ends in log-softmax. */
  LOG_PROBABILITIES,
  /** Scores before a sigmoid each: an image may have several labels, or none. */
  MULTI_LABEL,
  /** A probability for each label: the network ends in a sigmoid. */
  MULTI_LABEL_PROBABILITIES;

  /** The name in settings and in {@code run.json}. */
  @JsonValue
  public String text() {
    return Choices.name(this);
  }

  /** Whether each class is a question of its own, so that an image may have several labels. */
  public boolean isMultiLabel() {
    return this == MULTI_LABEL || this == MULTI_LABEL_PROBABILITIES;
  }

  /**
   * Class probabilities of one image.
   *
   * @param scores of all classes; a single logit is read as the first class against none
   */
  public float[] probabilities(float[] scores) {
    float[] result = new float[scores.length];
    if (this == PROBABILITIES || this == MULTI_LABEL_PROBABILITIES) {
      return scores.clone();
    }
    if (this == MULTI_LABEL) {
      for (int i = 0; i < scores.length; i++) {
        result[i] = sigmoid(scores[i]);
      }
      return result;
    }
    if (this == LOG_PROBABILITIES) {
      for (int i = 0; i < scores.length; i++) {
        result[i] = (float) Math.exp(scores[i]);
      }
      return result;
    }
    if (scores.length == 1) {
      result[0] = sigmoid(scores[0]);
      return result;
    }
    double highest = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      highest = Math.max(highest, score);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - highest);
    }
    for (int i = 0; i < scores.length; i++) {
      result[i] = (float) (Math.exp(scores[i] - highest) / sum);
    }
    return result;
  }

  private static float sigmoid(float score) {
    return (float) (1 / (1 + Math.exp(-score)));
  }
}
