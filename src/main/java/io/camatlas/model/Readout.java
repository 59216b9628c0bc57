package io.camatlas.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Which pixels' scores are read, where a network scores every pixel; others take no notice of it.
 *
 * <p>A class's score is the mean over these pixels of the class's score of each. The pixels are
 * held fixed where the score is differentiated.
 */
public final class Readout {
  /** All pixels, where nobody asks which of them a single class wins. */
  public static final Readout EVERYWHERE = everywhere(ScoreKind.LOGITS);

  private final int threshold;
  private final boolean winning;
  private final NDArray over;

  private Readout(ScoreKind kind, boolean winning, NDArray over) {
    this.threshold =
        switch (kind) {
          case LOGITS, MULTI_LABEL -> 0;
          case PROBABILITIES, MULTI_LABEL_PROBABILITIES -> 1;
          case LOG_PROBABILITIES -> 2;
        };
    this.winning = winning;
    this.over = over;
  }

  /**
   * All pixels.
   *
   * @param kind says from which score on a single class wins a pixel: where it is more likely than
   *     not
   */
  public static Readout everywhere(ScoreKind kind) {
    return new Readout(kind, false, null);
  }

  /**
   * Of each class those pixels where it wins in the same pass: where it has the highest score or,
   * if there is only one class, where it is more likely than not.
   */
  public static Readout winning(ScoreKind kind) {
    return new Readout(kind, true, null);
  }

  /**
   * Pixels that are known.
   *
   * @param over of each class those that have its index, whole numbers {@code [N,H,W]}; or of all
   *     classes those that are not 0, floats {@code [N,H,W]}
   * @param kind says from which score on a single class wins a pixel
   */
  public static Readout of(NDArray over, ScoreKind kind) {
    return new Readout(kind, false, over);
  }

  /** Which pixels, as the archive takes it. */
  NDArray argument(NDManager host) {
    if (over != null) {
      return over;
    }
    return winning ? host.create(new long[] {0}) : host.zeros(new Shape(1));
  }

  /** The archive's number of the score from which on a single class wins a pixel. */
  long threshold() {
    return threshold;
  }
}
