package io.camatlas.faithfulness;

import java.util.Locale;

/** The map that a number belongs to: the explanation, or a baseline independent of the network. */
public enum MapKind {
  /** The saliency map that is scored. */
  EXPLANATION,
  /** Uniform noise on the layer's grid. */
  RANDOM,
  /** A Gaussian in the middle of the image. */
  CENTRE;

  /** The name in tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
