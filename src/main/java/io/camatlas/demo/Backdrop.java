package io.camatlas.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.QuadCurve2D;
import java.util.random.RandomGenerator;

/** The backgrounds; every class appears on each of them equally often. */
enum Backdrop {
  MEADOW {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Sky sky = new Sky(r, n);
      double horizon = (0.25 + 0.3 * r.nextDouble()) * c.height / c.shorter();
      Color near = Brush.hsb(between(r, 0.2, 0.33), between(r, 0.5, 0.8), between(r, 0.35, 0.65));
      Color far = Brush.mix(near, sky.low, 0.45);
      Color hill = Brush.mix(Brush.hsb(between(r, 0.25, 0.45), 0.45, 0.45), sky.low, 0.35);
      double high = between(r, 0.04, 0.2);
      double deepest = (double) c.height / c.shorter() - horizon;
      c.cover(
          (x, y) -> {
            double ridge = horizon - high * (0.6 + 0.7 * n.fractal(x * 2.2 + 9, 3, 3));
            if (y < horizon) {
              return y < ridge
                  ? sky.at(x, y, horizon)
                  : lit(hill, 1 + 0.2 * n.fractal(x * 14, y * 22, 3));
            }
            double d = y - horizon;
            double depth = 1 / (d + 0.035);
            double blade = n.fractal(x * 5 * depth + 40, depth * 13, 4);
            return lit(blend(far, near, Math.min(1, d / deepest * 1.8)), 1 + 0.38 * blade);
          });
      if (r.nextDouble() < 0.5) {
        blades(c, r, near, 260, horizon + 0.25 * deepest);
      }
    }
  },

  BEACH {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Sky sky = new Sky(r, n);
      double full = (double) c.height / c.shorter();
      double horizon = between(r, 0.12, 0.35) * full;
      double shore = horizon + between(r, 0.12, 0.3) * full;
      Color sea = Brush.hsb(between(r, 0.48, 0.6), between(r, 0.45, 0.8), between(r, 0.4, 0.75));
      Color sand = Brush.hsb(between(r, 0.08, 0.12), between(r, 0.2, 0.45), between(r, 0.7, 0.92));
      c.cover(
          (x, y) -> {
            if (y < horizon) {
              return sky.at(x, y, horizon);
            }
            double edge = shore + 0.03 * n.fractal(x * 2.5, 7, 3);
            double d = y - horizon;
            if (y < edge) {
              double depth = 1 / (d + 0.04);
              double wave = n.fractal(x * 1.6 * depth, depth * 9, 3);
              double foam = Math.max(0, 1 - (edge - y) / 0.018);
              return blend(new Color(lit(sea, 1 + 0.35 * wave)), Color.WHITE, 0.8 * foam);
            }
            double wet = Math.max(0, 1 - (y - edge) / 0.09);
            double dune = n.fractal(x * 3, y * 9, 4);
            double grain = n.at(x * 160, y * 160);
            return lit(sand, (1 - 0.28 * wet) * (1 + 0.14 * dune + 0.07 * grain));
          });
    }
  },

  LAKE {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Sky sky = new Sky(r, n);
      double full = (double) c.height / c.shorter();
      double horizon = between(r, -0.1, 0.4) * full;
      Color water = Brush.hsb(between(r, 0.45, 0.63), between(r, 0.4, 0.8), between(r, 0.3, 0.65));
      Color forest = Brush.mix(Brush.hsb(between(r, 0.25, 0.4), 0.5, 0.3), sky.low, 0.25);
      double trees = between(r, 0.03, 0.14);
      c.cover(
          (x, y) -> {
            if (y < horizon) {
              double top = horizon - trees * (0.7 + 0.6 * n.fractal(x * 9, 1, 4));
              return y < top
                  ? sky.at(x, y, horizon)
                  : lit(forest, 1 + 0.4 * n.fractal(x * 30, y * 30, 2));
            }
            double d = y - horizon;
            double depth = 1 / (d + 0.12);
            double wave = n.fractal(x * 2.2 * depth + 0.4 * n.at(x * 3, y * 3), depth * 11, 4);
            double glint = Math.max(0, wave - 0.42) * 2.2;
            return blend(
                new Color(lit(blend(sky.low, water, Math.min(1, 0.35 + d * 1.5)), 1 + 0.3 * wave)),
                Color.WHITE,
                Math.min(0.8, glint));
          });
    }
  },

  PLANKS {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Color wood = Brush.hsb(between(r, 0.04, 0.11), between(r, 0.2, 0.65), between(r, 0.35, 0.8));
      double angle = r.nextInt(3) == 0 ? between(r, -0.5, 0.5) : r.nextInt(2) * Math.PI / 2;
      double cos = Math.cos(angle);
      double sin = Math.sin(angle);
      double board = between(r, 0.12, 0.3);
      c.cover(
          (x, y) -> {
            double u = x * cos + y * sin + 3;
            double v = y * cos - x * sin + 3;
            double k = Math.floor(v / board);
            double inBoard = v / board - k;
            double tone = 1 + 0.16 * n.at(k * 7.7, 2.5);
            double bend = 0.25 * n.fractal(u * 1.5 + k * 5, v * 3, 2);
            double rings = Math.sin(38 * (v + bend * 0.25) + 6 * n.at(u * 0.8 + 11 * k, v * 6));
            double fibre = n.fractal(u * 6 + k * 13, v * 90, 2);
            double gap = Math.min(inBoard, 1 - inBoard) * board;
            double seam = gap < 0.006 ? 0.45 : gap < 0.012 ? 0.85 : 1;
            return lit(wood, seam * tone * (1 + 0.09 * rings + 0.16 * fibre));
          });
    }
  },

  BRICKS {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Color brick = Brush.hsb(between(r, 0.0, 0.08), between(r, 0.3, 0.7), between(r, 0.45, 0.75));
      Color mortar = Brush.hsb(0.1, 0.08, between(r, 0.55, 0.8));
      double tall = between(r, 0.06, 0.12);
      double wide = tall * 2.6;
      c.cover(
          (x, y) -> {
            double wobbleX = x + 0.004 * n.at(x * 30, y * 30);
            double wobbleY = y + 0.004 * n.at(x * 30 + 9, y * 30);
            double row = Math.floor(wobbleY / tall);
            double shifted = wobbleX / wide + 0.5 * (row % 2) + 5;
            double column = Math.floor(shifted);
            double u = (shifted - column) * wide;
            double v = wobbleY - row * tall;
            double edge = Math.min(Math.min(u, wide - u), Math.min(v, tall - v));
            double rough = n.fractal(x * 40, y * 40, 3);
            if (edge < 0.007) {
              return lit(mortar, 0.8 + 0.15 * rough);
            }
            double tone = 1 + 0.28 * n.at(row * 3.7 + 0.5, column * 5.3 + 0.5);
            double bevel = v < 0.014 ? 1.1 : tall - v < 0.014 ? 0.85 : 1;
            return lit(brick, bevel * tone * (1 + 0.22 * rough));
          });
    }
  },

  LAWN {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Color grass = Brush.hsb(between(r, 0.18, 0.35), between(r, 0.45, 0.8), between(r, 0.3, 0.6));
      c.cover((x, y) -> lit(grass, 0.75 + 0.3 * n.fractal(x * 6, y * 6, 4)));
      blades(c, r, grass, 900, -0.05);
    }
  },

  CLOTH {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Color first = Brush.hsb(r.nextDouble(), between(r, 0.15, 0.7), between(r, 0.5, 0.9));
      Color second = r.nextBoolean() ? Brush.shade(first, 0.7) : Brush.hsb(0.1, 0.06, 0.92);
      double period = between(r, 0.08, 0.22);
      int pattern = r.nextInt(4);
      double angle = between(r, -0.8, 0.8);
      double cos = Math.cos(angle);
      double sin = Math.sin(angle);
      double thread = c.shorter() / 3.0;
      c.cover(
          (x, y) -> {
            double fold = n.fractal(x * 1.7, y * 1.3, 2);
            double u = (x * cos + y * sin + 0.05 * fold) / period + 50;
            double v = (y * cos - x * sin + 0.05 * fold) / period + 50;
            double share =
                switch (pattern) {
                  case 0 -> ((u % 1 < 0.5 ? 1 : 0) + (v % 1 < 0.5 ? 1 : 0)) / 2.0;
                  case 1 -> u % 1 < 0.5 ? 1 : 0;
                  case 2 -> Math.hypot(u % 1 - 0.5, v % 1 - 0.5) < 0.27 ? 1 : 0;
                  default -> 0.5 + 0.5 * n.fractal(x * 2, y * 2, 2);
                };
            double weave = Math.sin(x * thread * 2) * Math.sin(y * thread * 2);
            return lit(blend(first, second, share), 0.95 + 0.3 * fold + 0.06 * weave);
          });
    }
  },

  MARBLE {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Color stone = Brush.hsb(r.nextDouble(), between(r, 0.02, 0.25), between(r, 0.45, 0.95));
      Color vein = Brush.shade(Brush.hsb(r.nextDouble(), 0.25, 0.6), between(r, 0.5, 1.2));
      double busy = between(r, 1.5, 4);
      boolean tiles = r.nextInt(3) == 0;
      double tile = between(r, 0.25, 0.5);
      c.cover(
          (x, y) -> {
            double warp = n.fractal(x * busy, y * busy, 4);
            double line = Math.abs(Math.sin(5 * (x + 0.6 * y) + 4 * warp));
            double share = Math.pow(1 - line, 4) * 0.75;
            double seam = 1;
            if (tiles && Math.min(x % tile, y % tile) < 0.008) {
              seam = 0.6;
            }
            return lit(
                blend(stone, vein, share), seam * (1 + 0.13 * n.fractal(x * 7 + 3, y * 7, 4)));
          });
    }
  },

  COBBLES {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Color stone = Brush.hsb(r.nextDouble(), between(r, 0.03, 0.25), between(r, 0.4, 0.75));
      double size = between(r, 0.07, 0.16);
      c.cover(
          (x, y) -> {
            double u = x / size;
            double v = y / size;
            double nearest = 9;
            double second = 9;
            double tone = 0;
            for (int j = -1; j <= 1; j++) {
              for (int i = -1; i <= 1; i++) {
                double cu = Math.floor(u) + i;
                double cv = Math.floor(v) + j;
                double px = cu + 0.5 + 0.42 * n.at(cu * 7 + 3, cv * 5);
                double py = cv + 0.5 + 0.42 * n.at(cu * 5, cv * 7 + 11);
                double d = (u - px) * (u - px) + (v - py) * (v - py);
                if (d < nearest) {
                  second = nearest;
                  nearest = d;
                  tone = n.at(cu * 11 + 1, cv * 13 + 2);
                } else if (d < second) {
                  second = d;
                }
              }
            }
            double gap = Math.sqrt(second) - Math.sqrt(nearest);
            double round = Math.min(1, gap / 0.22);
            return lit(
                stone,
                (0.35 + 0.65 * round) * (1 + 0.25 * tone + 0.2 * n.fractal(x * 25, y * 25, 3)));
          });
    }
  },

  SNOW {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Sky sky = new Sky(r, n);
      double full = (double) c.height / c.shorter();
      double horizon = between(r, -0.2, 0.4) * full;
      Color snow =
          Brush.hsb(between(r, 0.55, 0.65), between(r, 0.03, 0.12), between(r, 0.82, 0.97));
      c.cover(
          (x, y) -> {
            double ridge = horizon + 0.08 * n.fractal(x * 1.8, 4, 4);
            if (y < ridge) {
              return sky.at(x, y, Math.max(0.01, horizon));
            }
            double drift = n.fractal(x * 1.6, y * 5, 3);
            return lit(snow, 0.93 + 0.13 * drift + 0.04 * n.at(x * 180, y * 180));
          });
    }
  },

  BOKEH {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      double hue = r.nextDouble();
      Color low = Brush.hsb(hue, between(r, 0.3, 0.7), between(r, 0.15, 0.45));
      Color high =
          Brush.hsb(hue + between(r, -0.15, 0.15), between(r, 0.3, 0.7), between(r, 0.45, 0.85));
      c.cover((x, y) -> blend(low, high, 0.5 + 0.5 * n.fractal(x * 1.7, y * 1.7, 3)));
      Graphics2D g = c.graphics();
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      int lights = 14 + r.nextInt(22);
      for (int i = 0; i < lights; i++) {
        double radius = c.shorter() * between(r, 0.02, 0.09);
        double x = c.width * r.nextDouble();
        double y = c.height * r.nextDouble();
        Color light = Brush.hsb(hue + between(r, -0.2, 0.2), between(r, 0.1, 0.6), 1);
        g.setPaint(Brush.alpha(light, between(r, 0.1, 0.35)));
        Ellipse2D disc = new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
        g.fill(disc);
        g.setStroke(new BasicStroke((float) (radius * 0.1)));
        g.draw(disc);
      }
      g.dispose();
      c.blur(2);
    }
  },

  PLASTER {
    @Override
    void paint(Canvas c, RandomGenerator r) {
      NoiseField n = new NoiseField(r);
      Color wall = Brush.hsb(r.nextDouble(), between(r, 0.08, 0.5), between(r, 0.5, 0.95));
      Color floor = Brush.hsb(r.nextDouble(), between(r, 0.05, 0.4), between(r, 0.35, 0.8));
      double full = (double) c.height / c.shorter();
      double line = r.nextInt(2) == 0 ? 9 : between(r, 0.55, 0.85) * full;
      double sideways = between(r, -0.3, 0.3);
      c.cover(
          (x, y) -> {
            double trowel = n.fractal(x * 4, y * 4 + n.at(x * 2, y * 2), 4);
            if (y > line) {
              double d = y - line;
              return lit(floor, 0.8 + 0.3 * d + 0.12 * n.fractal(x * 3 / (d + 0.3), y * 14, 4));
            }
            double skirt = line - y < 0.03 ? 1.2 : 1;
            return lit(
                wall,
                skirt * (1 + sideways * (x - 0.5) + 0.1 * trowel + 0.03 * n.at(x * 120, y * 120)));
          });
    }
  };

  /** Paints over the whole canvas. */
  abstract void paint(Canvas canvas, RandomGenerator random);

  private static double between(RandomGenerator r, double low, double high) {
    return low + (high - low) * r.nextDouble();
  }

  private static int lit(Color c, double light) {
    return lit(c.getRGB(), light);
  }

  private static int lit(int rgb, double light) {
    int factor = (int) (256 * Math.max(0, light));
    return Math.min(255, ((rgb >> 16 & 255) * factor) >> 8) << 16
        | Math.min(255, ((rgb >> 8 & 255) * factor) >> 8) << 8
        | Math.min(255, ((rgb & 255) * factor) >> 8);
  }

  private static int blend(Color a, Color b, double share) {
    int s = (int) (256 * Math.max(0, Math.min(1, share)));
    int t = 256 - s;
    return ((a.getRed() * t + b.getRed() * s) >> 8) << 16
        | ((a.getGreen() * t + b.getGreen() * s) >> 8) << 8
        | ((a.getBlue() * t + b.getBlue() * s) >> 8);
  }

  private static void blades(Canvas c, RandomGenerator r, Color grass, int count, double from) {
    Graphics2D g = c.graphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    double unit = c.shorter();
    for (int i = 0; i < count; i++) {
      double x = c.width * r.nextDouble();
      double y = from * unit + (c.height * 1.08 - from * unit) * (i + 0.5) / count;
      double tall = unit * between(r, 0.03, 0.1);
      double lean = unit * between(r, -0.05, 0.05);
      g.setStroke(
          new BasicStroke(
              (float) (unit * between(r, 0.003, 0.009)),
              BasicStroke.CAP_ROUND,
              BasicStroke.JOIN_ROUND));
      g.setPaint(
          Brush.alpha(
              Brush.shade(
                  Brush.mix(grass, Brush.hsb(0.16, 0.6, 0.85), 0.4 * r.nextDouble()),
                  between(r, 0.55, 1.35)),
              0.85));
      g.draw(new QuadCurve2D.Double(x, y, x + lean * 0.2, y - tall * 0.7, x + lean, y - tall));
    }
    g.dispose();
  }

  /** A sky with clouds, pale at the horizon and darker towards the zenith. */
  private static final class Sky {
    private final Color low;
    private final Color high;
    private final double cover;
    private final double stretch;
    private final NoiseField noise;

    Sky(RandomGenerator r, NoiseField noise) {
      this.noise = noise;
      if (r.nextInt(4) == 0) {
        low = Brush.hsb(between(r, 0.02, 0.12), between(r, 0.3, 0.6), between(r, 0.85, 1));
        high = Brush.hsb(between(r, 0.6, 0.8), between(r, 0.3, 0.5), between(r, 0.45, 0.7));
      } else {
        low = Brush.hsb(between(r, 0.52, 0.6), between(r, 0.08, 0.25), between(r, 0.88, 1));
        high = Brush.hsb(between(r, 0.55, 0.62), between(r, 0.4, 0.75), between(r, 0.65, 0.92));
      }
      cover = between(r, -0.15, 0.35);
      stretch = between(r, 2, 4);
    }

    int at(double x, double y, double horizon) {
      double up = Math.max(0, 1 - y / horizon);
      double cloud = noise.fractal(x * stretch, y * stretch * 2.4 + 31, 5) - cover;
      int clear = blend(low, high, up * 1.15);
      double white = Math.max(0, Math.min(0.9, cloud * 2.2));
      return white == 0 ? clear : blend(new Color(clear), Color.WHITE, white);
    }
  }
}
