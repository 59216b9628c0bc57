package io.camatlas.demo;

import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A picture being drawn, and for each pixel, which object of the class is visible there. */
final class Canvas {
  /** Colour at a point; both coordinates are in units of the shorter side. */
  interface Texture {
    int rgb(double x, double y);
  }

  final int width;
  final int height;
  private final BufferedImage image;
  private final int[] rgb;
  private final byte[] owner;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    rgb = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    owner = new byte[width * height];
  }

  int shorter() {
    return Math.min(width, height);
  }

  BufferedImage image() {
    return image;
  }

  Graphics2D graphics() {
    return image.createGraphics();
  }

  void cover(Texture texture) {
    double unit = 1.0 / shorter();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        rgb[y * width + x] = texture.rgb(x * unit, y * unit);
      }
    }
  }

  /** Mean colour around a point, as packed RGB. */
  int meanAround(double x, double y, double radius) {
    long red = 0;
    long green = 0;
    long blue = 0;
    long count = 0;
    int step = Math.max(1, (int) (radius / 8));
    for (int yy = (int) (y - radius); yy <= y + radius; yy += step) {
      for (int xx = (int) (x - radius); xx <= x + radius; xx += step) {
        if (xx >= 0 && yy >= 0 && xx < width && yy < height) {
          int p = rgb[yy * width + xx];
          red += p >> 16 & 255;
          green += p >> 8 & 255;
          blue += p & 255;
          count++;
        }
      }
    }
    return count == 0
        ? 0x808080
        : (int) (red / count) << 16 | (int) (green / count) << 8 | (int) (blue / count);
  }

  /** The largest share of any object's visible pixels that the sprite would hide. */
  double wouldHide(Sprite sprite, int left, int top, int objects) {
    int[] now = visible(objects);
    int[] lost = new int[objects + 1];
    for (int y = Math.max(0, -top); y < sprite.side && top + y < height; y++) {
      for (int x = Math.max(0, -left); x < sprite.side && left + x < width; x++) {
        if (sprite.argb[y * sprite.side + x] >>> 24 >= 128) {
          lost[owner[(top + y) * width + left + x]]++;
        }
      }
    }
    double worst = 0;
    for (int k = 1; k <= objects; k++) {
      if (now[k] > 0) {
        worst = Math.max(worst, lost[k] / (double) now[k]);
      }
    }
    return worst;
  }

  private int[] visible(int objects) {
    int[] count = new int[objects + 1];
    for (byte o : owner) {
      count[o]++;
    }
    return count;
  }

  /** Casts a soft shadow behind the sprite, offset away from the light. */
  void castShadow(Sprite sprite, int left, int top, double strength) {
    float[] soft = sprite.shadow();
    for (int y = Math.max(0, -top); y < sprite.side && top + y < height; y++) {
      for (int x = Math.max(0, -left); x < sprite.side && left + x < width; x++) {
        float a = soft[y * sprite.side + x];
        if (a > 0.004f) {
          int i = (top + y) * width + left + x;
          rgb[i] = scaled(rgb[i], 256 - (int) (256 * strength * a));
        }
      }
    }
  }

  /**
   * Pastes a sprite onto the picture.
   *
   * @param object number of the object of the class, from 1; 0 for anything else
   */
  void paste(Sprite sprite, int left, int top, int object) {
    for (int y = Math.max(0, -top); y < sprite.side && top + y < height; y++) {
      for (int x = Math.max(0, -left); x < sprite.side && left + x < width; x++) {
        int p = sprite.argb[y * sprite.side + x];
        int a = p >>> 24;
        if (a == 0) {
          continue;
        }
        int i = (top + y) * width + left + x;
        int q = rgb[i];
        rgb[i] =
            mix(q >> 16 & 255, p >> 16 & 255, a) << 16
                | mix(q >> 8 & 255, p >> 8 & 255, a) << 8
                | mix(q & 255, p & 255, a);
        if (a >= 128) {
          owner[i] = (byte) object;
        }
      }
    }
  }

  private static int mix(int below, int above, int alpha) {
    return (below * (255 - alpha) + above * alpha + 127) / 255;
  }

  private static int scaled(int p, int factor) {
    return (((p >> 16 & 255) * factor) >> 8) << 16
        | (((p >> 8 & 255) * factor) >> 8) << 8
        | (((p & 255) * factor) >> 8);
  }

  /** Box blur of the whole picture in both directions. */
  void blur(int radius) {
    int[] other = new int[rgb.length];
    pass(rgb, other, width, height, 1, width, radius);
    pass(other, rgb, height, width, width, 1, radius);
  }

  private static void pass(
      int[] from, int[] to, int length, int lines, int step, int lineStep, int radius) {
    int span = 2 * radius + 1;
    int reciprocal = (1 << 16) / span + 1;
    for (int line = 0; line < lines; line++) {
      int start = line * lineStep;
      int red = 0;
      int green = 0;
      int blue = 0;
      for (int i = -radius; i <= radius; i++) {
        int p = from[start + Math.max(0, Math.min(length - 1, i)) * step];
        red += p >> 16 & 255;
        green += p >> 8 & 255;
        blue += p & 255;
      }
      for (int i = 0; i < length; i++) {
        to[start + i * step] =
            ((red * reciprocal) >> 16) << 16
                | ((green * reciprocal) >> 16) << 8
                | ((blue * reciprocal) >> 16);
        int in = from[start + Math.min(length - 1, i + radius + 1) * step];
        int out = from[start + Math.max(0, i - radius) * step];
        red += (in >> 16 & 255) - (out >> 16 & 255);
        green += (in >> 8 & 255) - (out >> 8 & 255);
        blue += (in & 255) - (out & 255);
      }
    }
  }

  /** Applies camera effects: light from one side, darker corners, a tint, and sensor noise. */
  void expose(RandomGenerator random) {
    double exposure = 0.86 + 0.26 * random.nextDouble();
    double red = exposure * (1 + 0.07 * random.nextGaussian());
    double green = exposure * (1 + 0.03 * random.nextGaussian());
    double blue = exposure * (1 + 0.07 * random.nextGaussian());
    double slopeX = 0.3 * (random.nextDouble() - 0.5);
    double slopeY = 0.3 * (random.nextDouble() - 0.5);
    double corners = 0.45 * random.nextDouble();
    float grain = (float) (1 + 6 * random.nextDouble() * random.nextDouble());
    float[] noise = new float[8192];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = grain * (float) random.nextGaussian();
    }
    int at = random.nextInt();
    for (int y = 0; y < height; y++) {
      double v = y / (double) height - 0.5;
      for (int x = 0; x < width; x++) {
        double u = x / (double) width - 0.5;
        double light = 1 + slopeX * u + slopeY * v - corners * (u * u + v * v);
        int i = y * width + x;
        int p = rgb[i];
        at = at * 1664525 + 1013904223;
        float common = 0.7f * noise[at >>> 19];
        rgb[i] =
            clip((p >> 16 & 255) * light * red + common + 0.5f * noise[at >>> 13 & 8191]) << 16
                | clip((p >> 8 & 255) * light * green + common + 0.5f * noise[at >>> 16 & 8191])
                    << 8
                | clip((p & 255) * light * blue + common + 0.5f * noise[at >>> 10 & 8191]);
      }
    }
  }

  private static int clip(double v) {
    return v <= 0 ? 0 : v >= 255 ? 255 : (int) (v + 0.5);
  }

  /** Mask of the objects: 255 on their visible pixels, 0 elsewhere. */
  BufferedImage mask() {
    BufferedImage mask = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    byte[] out = new byte[owner.length];
    for (int i = 0; i < owner.length; i++) {
      out[i] = (byte) (owner[i] == 0 ? 0 : 255);
    }
    mask.getRaster().setDataElements(0, 0, width, height, out);
    return mask;
  }

  /** Tight boxes around the visible pixels of each object; hidden objects are left out. */
  List<Rectangle> boxes(int objects) {
    int[][] edges = new int[objects + 1][];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int k = owner[y * width + x];
        if (k > 0) {
          int[] e = edges[k];
          if (e == null) {
            edges[k] = new int[] {x, y, x, y};
          } else {
            e[0] = Math.min(e[0], x);
            e[2] = Math.max(e[2], x);
            e[3] = y;
          }
        }
      }
    }
    List<Rectangle> boxes = new ArrayList<>();
    for (int[] e : edges) {
      if (e != null) {
        boxes.add(new Rectangle(e[0], e[1], e[2] + 1 - e[0], e[3] + 1 - e[1]));
      }
    }
    return boxes;
  }
}
