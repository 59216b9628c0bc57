package io.camatlas.model;

import java.io.Serializable;

/**
 * How the scores of a probed archive compare with those of the model as it came.
 *
 * <p>Differences are shares of the largest score, in absolute value, of the images compared.
 *
 * @param layout of the batches that the network is given
 * @param oneByOne whether the model takes only one image at a time, mixes those of a batch, or
 *     chooses by its images what it computes
 * @param random whether two passes of one image differ
 * @param images number of images compared
 * @param difference the largest difference found
 * @param tolerance the largest difference that rounding may make
 * @param scores what the scores look like
 * @param rounding the largest difference from the scores of 32 bits, where weights are rounded; 0
 *     where they are not
 */
public record ScoreCheck(
    Layout layout,
    boolean oneByOne,
    boolean random,
    int images,
    double difference,
    double tolerance,
    ScoreKind scores,
    double rounding)
    implements Serializable {

  /** The same, with batches laid out in another way. */
  public ScoreCheck withLayout(Layout other) {
    return new ScoreCheck(other, oneByOne, random, images, difference, tolerance, scores, rounding);
  }

  /** The same, with scores that differ so much from those of 32 bits. */
  ScoreCheck withRounding(double share) {
    return new ScoreCheck(layout, oneByOne, random, images, difference, tolerance, scores, share);
  }
}
