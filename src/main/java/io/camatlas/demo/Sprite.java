package io.camatlas.demo;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** One thing, cut out, rotated, lit and textured, ready to be pasted into a scene. */
final class Sprite {
  /**
   * Where the light comes from.
   *
   * @param x from -1 (left) to 1
   * @param y from -1 (above) to 1
   */
  record Light(double x, double y) {}

  /** Side of the square that holds the thing, in pixels. */
  final int side;

  /** Pixels, not premultiplied. */
  final int[] argb;

  private final double half;
  private final Light light;

  private Sprite(int side, int[] argb, double half, Light light) {
    this.side = side;
    this.argb = argb;
    this.half = half;
    this.light = light;
  }

  /**
   * Draws a thing.
   *
   * @param half pixels per unit of the thing's own coordinates
   * @param angle rotation in radians
   */
  static Sprite of(
      Consumer<Brush> drawing, double half, double angle, Light light, RandomGenerator random) {
    int side = (int) Math.ceil(half * 3.4) + 4;
    BufferedImage layer = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = layer.createGraphics();
    Brush brush = new Brush(g, random);
    g.translate(side / 2.0, side / 2.0);
    g.rotate(angle);
    g.shear(0.16 * (random.nextDouble() - 0.5), 0.16 * (random.nextDouble() - 0.5));
    g.scale(half * (0.92 + 0.16 * random.nextDouble()), half * (0.92 + 0.16 * random.nextDouble()));
    drawing.accept(brush);
    g.dispose();
    int[] argb = ((DataBufferInt) layer.getRaster().getDataBuffer()).getData();
    Sprite sprite = new Sprite(side, argb, half, light);
    sprite.model(random);
    return sprite;
  }

  /**
   * Gives the flat drawing depth: edges lit or shaded by their direction to the light, and grain.
   */
  private void model(RandomGenerator random) {
    float[] height = alphaBlurred(Math.max(1, (int) (half * 0.09)));
    NoiseField grain = new NoiseField(random);
    double roughness = 0.05 + 0.13 * random.nextDouble();
    double relief = 0.9 + 0.8 * random.nextDouble();
    double scale = (3 + 6 * random.nextDouble()) / half;
    double slopeScale = half * 0.09;
    for (int y = 1; y < side - 1; y++) {
      for (int x = 1; x < side - 1; x++) {
        int i = y * side + x;
        int p = argb[i];
        int a = p >>> 24;
        if (a == 0) {
          continue;
        }
        double dx = (height[i + 1] - height[i - 1]) * slopeScale;
        double dy = (height[i + side] - height[i - side]) * slopeScale;
        double facing = -(dx * light.x() + dy * light.y()) * relief;
        double shade =
            1
                + Math.max(-0.5, Math.min(0.4, facing))
                + roughness * grain.fractal(x * scale, y * scale, 3);
        double gloss = Math.max(0, facing - 0.25) * 110;
        argb[i] =
            a << 24
                | clip((p >> 16 & 255) * shade + gloss) << 16
                | clip((p >> 8 & 255) * shade + gloss) << 8
                | clip((p & 255) * shade + gloss);
      }
    }
  }

  private static int clip(double v) {
    return v <= 0 ? 0 : v >= 255 ? 255 : (int) (v + 0.5);
  }

  /** Blends every colour towards one colour, so that the thing blends into its surroundings. */
  Sprite fade(int towards, double share) {
    for (int i = 0; i < argb.length; i++) {
      int p = argb[i];
      if (p >>> 24 != 0) {
        argb[i] =
            (p & 0xff000000)
                | clip((p >> 16 & 255) * (1 - share) + (towards >> 16 & 255) * share) << 16
                | clip((p >> 8 & 255) * (1 - share) + (towards >> 8 & 255) * share) << 8
                | clip((p & 255) * (1 - share) + (towards & 255) * share);
      }
    }
    return this;
  }

  /** How dark this thing's shadow is at each pixel of the square, from 0 to 1. */
  float[] shadow() {
    float[] soft = alphaBlurred(Math.max(1, (int) (half * 0.07)));
    int dx = (int) Math.round(-light.x() * half * 0.14);
    int dy = (int) Math.round(-light.y() * half * 0.14);
    float[] moved = new float[soft.length];
    for (int y = Math.max(0, dy); y < Math.min(side, side + dy); y++) {
      for (int x = Math.max(0, dx); x < Math.min(side, side + dx); x++) {
        moved[y * side + x] = soft[(y - dy) * side + x - dx];
      }
    }
    return moved;
  }

  private float[] alphaBlurred(int radius) {
    float[] a = new float[argb.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = (argb[i] >>> 24) / 255f;
    }
    float[] b = new float[a.length];
    for (int round = 0; round < 2; round++) {
      pass(a, b, 1, side, radius);
      pass(b, a, side, 1, radius);
    }
    return a;
  }

  private void pass(float[] from, float[] to, int step, int lineStep, int radius) {
    float share = 1f / (2 * radius + 1);
    for (int line = 0; line < side; line++) {
      int start = line * lineStep;
      float sum = 0;
      for (int i = 0; i <= radius && i < side; i++) {
        sum += from[start + i * step];
      }
      for (int i = 0; i < side; i++) {
        to[start + i * step] = sum > 0 ? sum * share : 0;
        if (i + radius + 1 < side) {
          sum += from[start + (i + radius + 1) * step];
        }
        if (i - radius >= 0) {
          sum -= from[start + (i - radius) * step];
        }
      }
    }
  }
}
