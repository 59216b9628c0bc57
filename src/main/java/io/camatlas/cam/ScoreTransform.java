package io.camatlas.cam;

/** What is differentiated with respect to the activations. */
public enum ScoreTransform {
  /** The class score before softmax; derivatives of order p are powers of its gradient. */
  LOGIT,
  /**
   * Its exponential, Y = exp(S), as in Grad-CAM++ (arXiv:1710.11063, eq. 14 to 16): the derivative
   * of order p is exp(S) times the p-th power of the gradient.
   */
  EXP;

  /** Which of them a rule differentiates. */
  public static final MethodParameter<ScoreTransform> PARAMETER =
      MethodParameter.choice(
          "score", LOGIT, "What is differentiated: the score (logit) or its exponential (exp).");
}
