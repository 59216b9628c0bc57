package io.camatlas.explain;

import io.camatlas.image.RgbImage;

/** An image's pixels on their way to the device. */
public sealed interface Pixels {
  /**
   * The network's input.
   *
   * @param values {@code [C,H,W]}, normalised
   */
  record Input(float[] values) implements Pixels {}

  /** A picture that the device itself resizes, crops and normalises. */
  record Picture(RgbImage image) implements Pixels {}
}
