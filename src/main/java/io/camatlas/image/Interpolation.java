package io.camatlas.image;

/** Pillow's antialiased filters: when a picture shrinks, the filter widens by the same factor. */
public enum Interpolation {
  /** A triangle, one pixel to each side. */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      return x < 1 ? 1 - x : 0;
    }
  },
  /** Keys' cubic with a = -0.5, two pixels to each side. Other libraries use -0.75. */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      // In Pillow's order of operations; otherwise the last bit differs.
      double x = Math.abs(distance);
      if (x < 1) {
        return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * CUBIC : 0;
    }
  };

  private static final double CUBIC = -0.5;

  private final double support;

  Interpolation(double support) {
    this.support = support;
  }

  /** How far the filter reaches to each side, in pixels, if the picture does not shrink. */
  double support() {
    return support;
  }

  abstract double weight(double distance);
}
