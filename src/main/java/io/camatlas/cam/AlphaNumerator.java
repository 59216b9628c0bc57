package io.camatlas.cam;

/** The derivative in the numerator of Grad-CAM++'s alpha. */
public enum AlphaNumerator {
  /** The second derivative, as derived in Grad-CAM++ (arXiv:1710.11063, eq. 19). */
  SECOND,
  /** The first derivative, as printed in Smooth Grad-CAM++ (arXiv:1908.01224, eq. 5). */
  PAPER;

  /** Which of them a rule uses. */
  public static final MethodParameter<AlphaNumerator> PARAMETER =
      MethodParameter.choice(
          "numerator",
          SECOND,
          "Numerator of alpha: the second derivative, as Grad-CAM++ derives it, or the first, as the"
              + " Smooth Grad-CAM++ paper prints it.");
}
