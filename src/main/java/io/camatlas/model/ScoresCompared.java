package io.camatlas.model;

import java.io.Serializable;

/**
 * How many images of the run had their scores compared with those of the model as it came.
 *
 * @param images number of images
 * @param difference the largest difference found, as a share of the largest score of a batch
 */
public record ScoresCompared(long images, double difference) implements Serializable {
  public static final ScoresCompared NONE = new ScoresCompared(0, 0);

  /** Both together. */
  public ScoresCompared plus(ScoresCompared other) {
    return new ScoresCompared(images + other.images, Math.max(difference, other.difference));
  }
}
