package io.camatlas.cam;

/** What sigma is a multiple of. */
public enum NoiseScale {
  /** The range, maximum minus minimum, of the input tensor (SmoothGrad, arXiv:1706.03825). */
  RANGE,
  /** One unit of the normalised input. */
  ABSOLUTE
}
