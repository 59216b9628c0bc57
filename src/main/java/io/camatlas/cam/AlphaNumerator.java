package io.camatlas.cam;

/** The derivative above the line of Grad-CAM++'s alpha. */
public enum AlphaNumerator {
  /** The second derivative, as Grad-CAM++ derives it (arXiv:1710.11063, eq. 19). */
  SECOND,
  /** The first derivative, as Smooth Grad-CAM++ prints it (arXiv:1908.01224, eq. 5). */
  PAPER
}
