package io.camatlas.demo;

import java.util.random.RandomGenerator;

/** Smooth, periodic random field over the plane, from which all textures are made. */
final class NoiseField {
  private static final int SIDE = 64;
  private static final int MASK = SIDE - 1;

  private final float[] lattice = new float[SIDE * SIDE];

  NoiseField(RandomGenerator random) {
    for (int i = 0; i < lattice.length; i++) {
      lattice[i] = random.nextFloat() * 2 - 1;
    }
  }

  /** Smooth noise at one point, from -1 to 1; the lattice has one knot per unit. */
  float at(double x, double y) {
    int fx = floor(x);
    int fy = floor(y);
    int x0 = fx & MASK;
    int y0 = fy & MASK;
    float tx = smooth((float) (x - fx));
    float ty = smooth((float) (y - fy));
    int x1 = (x0 + 1) & MASK;
    float[] l = lattice;
    int top = y0 * SIDE;
    int bottom = ((y0 + 1) & MASK) * SIDE;
    float a = l[top + x0] + (l[top + x1] - l[top + x0]) * tx;
    float b = l[bottom + x0] + (l[bottom + x1] - l[bottom + x0]) * tx;
    return a + (b - a) * ty;
  }

  /** Sum of octaves, each twice as fine and half as strong, scaled to about -1 to 1. */
  float fractal(double x, double y, int octaves) {
    float sum = 0;
    float gain = 0.5f;
    double fx = x;
    double fy = y;
    for (int o = 0; o < octaves; o++) {
      sum += gain * at(fx, fy);
      gain *= 0.5f;
      fx = fx * 2 + 17.3;
      fy = fy * 2 + 5.9;
    }
    return sum * 1.4f;
  }

  /** As Math.floor, which takes longer unless Java's second compiler is at work. */
  private static int floor(double x) {
    int whole = (int) x;
    return whole > x ? whole - 1 : whole;
  }

  private static float smooth(float t) {
    return t * t * (3 - 2 * t);
  }
}
