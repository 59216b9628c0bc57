package io.camatlas.cam;

/** What is done to alpha before it weighs the gradient. */
public enum AlphaScaling {
  /** Nothing: the printed equation. */
  RAW,
  /**
   * Each feature map's alphas are divided by their sum over the neurons whose mean gradient is
   * positive, as Grad-CAM++'s authors do in their code; a sum of zero leaves them as they are.
   */
  NORMALIZED
}
