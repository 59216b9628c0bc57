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
  /** All pixels. */
  public static final Readout EVERYWHERE = new Readout(-1, null);

  private final int threshold;
  private final NDArray over;

  private Readout(int threshold, NDArray over) {
    this.threshold = threshold;
    this.over = over;
  }

  /**
   * Of each class those pixels where it wins in the same pass: where it has the highest score or,
   * if there is only one class, where it is more likely than not.
   */
  public static Readout winning(ScoreKind kind) {
    return new Readout(
        switch (kind) {
          case LOGITS, MULTI_LABEL -> 0;
          case PROBABILITIES, MULTI_LABEL_PROBABILITIES -> 1;
          case LOG_PROBABILITIES -> 2;
        },
        null);
  }

  /**
   * Pixels that are known.
   *
   * @param over of each class those that have its index, whole numbers {@code [N,H,W]}; or of all
   *     classes those that are not 0, floats {@code [N,H,W]}
   */
  public static Readout of(NDArray over) {
    return new Readout(-1, over);
  }

  /** As the archive takes it. */
  NDArray argument(NDManager host) {
    if (over != null) {
      return over;
    }
    return threshold < 0 ? host.zeros(new Shape(1)) : host.create(new long[] {threshold});
  }
}
