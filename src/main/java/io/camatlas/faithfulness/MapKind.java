package io.camatlas.faithfulness;

import java.util.Locale;

/** Which map a number belongs to: the explanation, or one that knows nothing of the network. */
public enum MapKind {
  /** The saliency map that is judged. */
  EXPLANATION,
  /** Uniform noise on the layer's grid. */
  RANDOM,
  /** A Gaussian in the middle of the image. */
  CENTRE;

  /** As tables spell it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
