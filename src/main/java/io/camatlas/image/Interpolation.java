package io.camatlas.image;

/** Filters for resizing, widened when shrinking so that nothing aliases. */
public enum Interpolation {
  /** Triangle of radius 1. */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      return x < 1 ? 1 - x : 0;
    }
  },
  /** Keys' cubic convolution with a = -0.5, radius 2. */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      double a = -0.5;
      double x = Math.abs(distance);
      if (x < 1) {
        return ((a + 2) * x - (a + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
  };

  private final double radius;

  Interpolation(double radius) {
    this.radius = radius;
  }

  double radius() {
    return radius;
  }

  abstract double weight(double distance);
}
