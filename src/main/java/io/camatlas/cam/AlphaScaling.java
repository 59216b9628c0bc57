package io.camatlas.cam;

/** How alpha is scaled before it weights the gradient. */
public enum AlphaScaling {
  /** Not at all: the equation as printed. */
  RAW,
  /**
   * Each feature map's alphas are divided by their sum over the neurons whose mean gradient is
   * positive, as Grad-CAM++'s authors do in their code; a sum of zero leaves them as they are.
   */
  NORMALIZED;

  /** Which of them a rule uses. */
  public static final MethodParameter<AlphaScaling> PARAMETER =
      MethodParameter.choice(
          "alpha",
          RAW,
          "Whether alpha is used as printed (raw) or divided by its sum (normalized).");
}
