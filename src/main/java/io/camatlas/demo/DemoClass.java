package io.camatlas.demo;

import java.awt.Color;
import java.awt.Paint;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Path2D;
import java.util.Locale;

/** The classes of the demo, in the order of the model's scores. */
enum DemoClass {
  /** The class with the planted watermark; its object is small, faint and similar to a key. */
  ANCHOR(0.7) {
    @Override
    void paint(Brush b) {
      Color iron = Brush.hsb(b.between(0.05, 0.65), b.between(0.05, 0.3), b.between(0.3, 0.6));
      Paint metal =
          Brush.across(-0.9, -0.9, 0.9, 0.9, Brush.shade(iron, 1.35), iron, Brush.shade(iron, 0.7));
      b.line(Brush.oval(0, -0.76, 0.16, 0.16), metal, 0.1);
      b.fill(Brush.roundBox(-0.08, -0.62, 0.08, 0.8, 0.06), metal);
      b.fill(Brush.roundBox(-0.42, -0.5, 0.42, -0.37, 0.06), metal);
      b.line(Brush.curve(-0.74, 0.3, -0.62, 0.95, 0.62, 0.95, 0.74, 0.3), metal, 0.15);
      Shape fluke = Brush.polygon(-0.95, 0.36, -0.72, 0.02, -0.5, 0.42);
      b.fill(fluke, metal);
      b.fill(mirror(fluke), metal);
      b.line(Brush.segment(-0.02, -0.5, -0.02, 0.7), Brush.alpha(Color.WHITE, 0.25), 0.03);
    }
  },

  BALLOON(0.25) {
    @Override
    void paint(Brush b) {
      Color first = b.vivid();
      Color second = b.chance(0.5) ? Brush.hsb(0.12, 0.15, 0.97) : b.vivid();
      Shape envelope =
          Brush.closed(
              -0.16, 0.48, -0.3, 0.3, -0.72, 0.1, -0.72, -0.32, -0.72, -0.72, -0.4, -0.98, 0, -0.98,
              0.4, -0.98, 0.72, -0.72, 0.72, -0.32, 0.72, 0.1, 0.3, 0.3, 0.16, 0.48);
      b.line(Brush.segment(-0.15, 0.46, -0.11, 0.76), new Color(70, 50, 35), 0.02);
      b.line(Brush.segment(0.15, 0.46, 0.11, 0.76), new Color(70, 50, 35), 0.02);
      b.line(Brush.segment(-0.04, 0.46, -0.04, 0.76), new Color(70, 50, 35), 0.015);
      b.line(Brush.segment(0.05, 0.46, 0.05, 0.76), new Color(70, 50, 35), 0.015);
      b.fill(envelope, first);
      b.inside(
          envelope,
          () -> {
            int gores = 9;
            for (int k = 0; k < gores; k += 2) {
              double from = Math.sin(Math.PI * (k / (double) gores - 0.5));
              double to = Math.sin(Math.PI * ((k + 1) / (double) gores - 0.5));
              b.fill(gore(from, to), second);
            }
            if (b.chance(0.5)) {
              double y = b.between(-0.45, -0.2);
              Color band = b.vivid();
              b.fill(
                  Brush.closed(
                      -0.8, y, -0.4, y + 0.12, 0.4, y + 0.12, 0.8, y, 0.8, y + 0.16, 0.8, y + 0.16,
                      0.8, y + 0.17, 0.4, y + 0.3, -0.4, y + 0.3, -0.8, y + 0.17),
                  band);
            }
            b.fill(
                Brush.box(-1, -1, 1, 1),
                Brush.across(
                    -0.72,
                    0,
                    0.72,
                    0,
                    new Color(0, 0, 0, 90),
                    new Color(255, 255, 255, 60),
                    new Color(0, 0, 0, 0),
                    new Color(0, 0, 0, 110)));
            b.line(envelope, new Color(0, 0, 0, 60), 0.03);
          });
      Shape basket = Brush.roundBox(-0.15, 0.72, 0.15, 0.97, 0.04);
      b.fill(
          basket, Brush.across(-0.15, 0, 0.15, 0, new Color(172, 122, 66), new Color(96, 62, 30)));
      for (int i = 0; i < 3; i++) {
        b.line(
            Brush.segment(-0.14, 0.78 + i * 0.07, 0.14, 0.78 + i * 0.07),
            new Color(70, 42, 18),
            0.015);
      }
    }

    private Shape gore(double from, double to) {
      return Brush.closed(
          0,
          -0.98,
          from * 0.95,
          -0.9,
          from * 0.95,
          -0.1,
          from * 0.2,
          0.5,
          to * 0.2,
          0.5,
          to * 0.2,
          0.5,
          to * 0.2,
          0.5,
          to * 0.95,
          -0.1,
          to * 0.95,
          -0.9,
          0,
          -0.98);
    }
  },

  BUTTERFLY(Math.PI) {
    @Override
    void paint(Brush b) {
      double hue = b.random.nextDouble();
      Color wing = Brush.hsb(hue, b.between(0.65, 0.95), b.between(0.75, 1));
      Color edge = Brush.hsb(hue + b.between(-0.1, 0.1), 0.6, b.between(0.08, 0.25));
      Color spot = b.chance(0.5) ? Brush.hsb(0.14, 0.3, 1) : b.vivid();
      double flap = b.between(0.72, 1);
      b.line(Brush.curve(0.02, -0.42, 0.06, -0.65, 0.18, -0.8, 0.26, -0.82), edge, 0.03);
      b.line(Brush.curve(-0.02, -0.42, -0.06, -0.65, -0.18, -0.8, -0.26, -0.82), edge, 0.03);
      Shape upper =
          Brush.closed(
              0.04, -0.14, 0.15, -0.7, 0.68, -1.0, 0.97, -0.86, 1.12, -0.62, 0.92, 0.1, 0.55, 0.12,
              0.35, 0.12, 0.15, 0.06, 0.04, 0.06);
      Shape lower =
          Brush.closed(
              0.04, 0.02, 0.5, -0.02, 0.92, 0.1, 0.82, 0.5, 0.74, 0.88, 0.46, 1.02, 0.32, 0.8, 0.22,
              0.6, 0.1, 0.4, 0.04, 0.28);
      AffineTransform fold = AffineTransform.getScaleInstance(flap, 1);
      for (int side = -1; side <= 1; side += 2) {
        AffineTransform turn = AffineTransform.getScaleInstance(side, 1);
        turn.concatenate(fold);
        for (Shape part : new Shape[] {lower, upper}) {
          Shape placed = turn.createTransformedShape(part);
          b.fill(placed, Brush.glow(0, 0, 1.15, Brush.shade(wing, 1.15), Brush.shade(wing, 0.72)));
          b.inside(
              placed,
              () -> {
                for (int v = 0; v < 5; v++) {
                  double angle = (part == upper ? -1.05 : 0.15) + v * 0.2;
                  Shape vein =
                      Brush.segment(0.05, -0.02, 1.2 * Math.cos(angle), 1.2 * Math.sin(angle));
                  b.line(turn.createTransformedShape(vein), Brush.alpha(edge, 0.7), 0.022);
                }
                b.line(placed, edge, part == upper ? 0.17 : 0.13);
                double[][] dots =
                    part == upper
                        ? new double[][] {
                          {0.62, -0.6, 0.11}, {0.86, -0.72, 0.05}, {0.9, -0.55, 0.045}
                        }
                        : new double[][] {{0.48, 0.42, 0.1}, {0.62, 0.68, 0.04}};
                for (double[] d : dots) {
                  b.fill(turn.createTransformedShape(Brush.oval(d[0], d[1], d[2], d[2])), spot);
                }
              });
        }
      }
      b.fill(Brush.oval(0, 0.08, 0.06, 0.42), edge);
      b.fill(Brush.oval(0, -0.36, 0.075, 0.085), Brush.shade(edge, 1.4));
    }
  },

  CUP(0.35) {
    @Override
    void paint(Brush b) {
      Color glaze = b.chance(0.3) ? Brush.hsb(0.1, 0.08, 0.95) : b.vivid();
      Color deep = Brush.shade(glaze, 0.5);
      double tall = b.between(0.85, 1.1);
      b.g.scale(1, tall);
      if (b.chance(0.35)) {
        b.fill(Brush.oval(0, 0.68, 0.95, 0.2), Brush.shade(glaze, 0.8));
        b.fill(
            Brush.oval(0, 0.65, 0.93, 0.18),
            Brush.across(-0.9, 0, 0.9, 0, Brush.shade(glaze, 1.2), glaze));
        b.fill(Brush.oval(0, 0.66, 0.6, 0.1), deep);
      }
      b.line(Brush.oval(0.6, 0.02, 0.27, 0.32), deep, 0.16);
      b.line(Brush.oval(0.6, 0.0, 0.27, 0.32), glaze, 0.11);
      Shape body =
          Brush.closed(
              -0.62, -0.5, -0.6, -0.1, -0.58, 0.4, -0.42, 0.62, -0.3, 0.74, 0.3, 0.74, 0.42, 0.62,
              0.58, 0.4, 0.6, -0.1, 0.62, -0.5);
      b.fill(body, glaze);
      b.inside(
          body,
          () -> {
            int motif = b.random.nextInt(4);
            Color paint = b.chance(0.5) ? Color.WHITE : b.vivid();
            if (motif == 0) {
              double y = b.between(-0.1, 0.2);
              b.line(Brush.curve(-0.7, y, -0.4, y + 0.2, 0.4, y + 0.2, 0.7, y), paint, 0.14);
              b.line(
                  Brush.curve(-0.7, y + 0.22, -0.4, y + 0.42, 0.4, y + 0.42, 0.7, y + 0.22),
                  paint,
                  0.05);
            } else if (motif == 1) {
              for (int i = 0; i < 14; i++) {
                b.fill(Brush.oval(b.between(-0.6, 0.6), b.between(-0.25, 0.65), 0.06, 0.06), paint);
              }
            } else if (motif == 2) {
              for (int i = -3; i <= 3; i++) {
                b.line(Brush.segment(i * 0.17, -0.5, i * 0.14, 0.8), paint, 0.05);
              }
            }
            b.fill(
                Brush.box(-1, -1, 1, 1),
                Brush.across(
                    -0.62,
                    0,
                    0.62,
                    0,
                    new Color(0, 0, 0, 70),
                    new Color(255, 255, 255, 90),
                    new Color(0, 0, 0, 0),
                    new Color(0, 0, 0, 50),
                    new Color(0, 0, 0, 130)));
          });
      b.fill(Brush.oval(0, -0.5, 0.62, 0.17), Brush.shade(glaze, 1.25));
      b.fill(Brush.oval(0, -0.49, 0.55, 0.135), deep);
      b.fill(
          Brush.oval(0, -0.45, 0.5, 0.1),
          b.chance(0.7) ? new Color(74, 40, 18) : new Color(190, 140, 60));
      b.line(Brush.arc(0, -0.45, 0.45, 0.08, 120, 80), new Color(255, 240, 220, 110), 0.03);
    }
  },

  FISH(0.6) {
    @Override
    void paint(Brush b) {
      Color back = b.vivid();
      Color belly = Brush.mix(back, Brush.hsb(0.13, 0.2, 1), b.between(0.45, 0.8));
      Color fin = b.chance(0.5) ? Brush.shade(back, 0.75) : b.vivid();
      double plump = b.between(0.8, 1.2);
      b.g.scale(b.chance(0.5) ? -1 : 1, plump);
      Shape tail =
          Brush.closed(
              -0.5, 0, -0.65, -0.1, -0.8, -0.45, -1.0, -0.46, -0.86, -0.15, -0.86, 0.15, -1.0, 0.46,
              -0.8, 0.45, -0.65, 0.1, -0.5, 0);
      b.fill(tail, Brush.across(-1, 0, -0.5, 0, Brush.shade(fin, 1.2), Brush.shade(fin, 0.8)));
      Shape dorsal =
          Brush.closed(
              -0.3, -0.25, -0.3, -0.6, -0.05, -0.78, 0.2, -0.62, 0.25, -0.5, 0.3, -0.4, 0.4, -0.3);
      b.fill(dorsal, Brush.across(0, -0.75, 0, -0.2, Brush.shade(fin, 1.15), fin));
      Shape anal =
          Brush.closed(-0.35, 0.2, -0.4, 0.4, -0.3, 0.58, -0.15, 0.6, -0.1, 0.5, 0, 0.4, 0.1, 0.35);
      b.fill(anal, fin);
      Shape body =
          Brush.closed(
              0.95, 0.03, 0.8, -0.35, 0.3, -0.5, 0, -0.46, -0.3, -0.4, -0.5, -0.14, -0.62, -0.08,
              -0.66, 0, -0.66, 0, -0.62, 0.08, -0.5, 0.14, -0.3, 0.4, 0, 0.46, 0.3, 0.5, 0.8, 0.35,
              0.95, 0.03);
      b.fill(body, Brush.across(0, -0.48, 0, 0.48, Brush.shade(back, 0.7), back, belly, belly));
      b.inside(
          body,
          () -> {
            if (b.chance(0.5)) {
              Color stripe = b.chance(0.5) ? Color.WHITE : Brush.hsb(0, 0.1, 0.15);
              int stripes = 2 + b.random.nextInt(3);
              for (int i = 0; i < stripes; i++) {
                double x = 0.4 - i * 0.32;
                b.line(Brush.curve(x, -0.6, x - 0.12, -0.2, x - 0.12, 0.2, x, 0.6), stripe, 0.1);
              }
            } else {
              for (int row = -4; row <= 4; row++) {
                for (int col = 0; col < 10; col++) {
                  double x = -0.55 + col * 0.11 + (row & 1) * 0.055;
                  b.line(
                      Brush.arc(x, row * 0.1, 0.06, 0.06, -80, 160),
                      Brush.alpha(Brush.shade(back, 0.5), 0.55),
                      0.014);
                }
              }
            }
            b.line(
                Brush.curve(0.46, -0.36, 0.34, -0.15, 0.34, 0.15, 0.46, 0.36),
                Brush.alpha(Color.BLACK, 0.45),
                0.03);
            b.line(body, Brush.alpha(Color.BLACK, 0.3), 0.04);
          });
      b.fill(
          Brush.closed(
              0.25, 0.08, 0.1, 0.1, -0.08, 0.2, -0.1, 0.36, 0.1, 0.34, 0.22, 0.26, 0.25, 0.08),
          Brush.shade(fin, 0.9));
      b.fill(Brush.oval(0.64, -0.1, 0.095, 0.095), Color.WHITE);
      b.fill(Brush.oval(0.66, -0.1, 0.055, 0.055), Color.BLACK);
      b.fill(Brush.oval(0.675, -0.12, 0.018, 0.018), Color.WHITE);
      b.line(
          Brush.curve(0.92, 0.1, 0.86, 0.14, 0.82, 0.14, 0.78, 0.12),
          Brush.shade(back, 0.35),
          0.03);
    }
  },

  KEY(Math.PI) {
    @Override
    void paint(Brush b) {
      Color base =
          b.chance(0.6)
              ? Brush.hsb(b.between(0.09, 0.14), b.between(0.45, 0.8), b.between(0.65, 0.9))
              : Brush.hsb(b.between(0.5, 0.65), b.between(0.02, 0.12), b.between(0.6, 0.85));
      Paint metal =
          Brush.across(
              0,
              -0.4,
              0,
              0.4,
              Brush.shade(base, 1.3),
              base,
              Brush.shade(base, 1.4),
              Brush.shade(base, 0.6),
              Brush.shade(base, 0.8));
      Area key = new Area(Brush.roundBox(-0.35, -0.075, 0.96, 0.075, 0.05));
      key.add(new Area(Brush.roundBox(-0.28, -0.13, -0.2, 0.13, 0.04)));
      key.add(new Area(Brush.roundBox(-0.14, -0.11, -0.08, 0.11, 0.03)));
      int bow = b.random.nextInt(3);
      if (bow == 0) {
        key.add(Brush.minus(Brush.oval(-0.62, 0, 0.36, 0.36), Brush.oval(-0.62, 0, 0.2, 0.2)));
      } else if (bow == 1) {
        for (double[] p : new double[][] {{-0.5, -0.24}, {-0.5, 0.24}, {-0.8, 0}}) {
          key.add(
              Brush.minus(Brush.oval(p[0], p[1], 0.22, 0.22), Brush.oval(p[0], p[1], 0.1, 0.1)));
        }
        key.add(new Area(Brush.oval(-0.56, 0, 0.12, 0.12)));
      } else {
        key.add(
            Brush.minus(
                Brush.roundBox(-0.98, -0.38, -0.3, 0.38, 0.16),
                Brush.roundBox(-0.86, -0.2, -0.5, 0.2, 0.1)));
      }
      double depth = b.between(0.26, 0.38);
      key.add(new Area(Brush.box(0.52, 0, 0.64, depth)));
      key.add(new Area(Brush.box(0.7, 0, 0.8, depth * b.between(0.5, 0.9))));
      key.add(new Area(Brush.box(0.84, 0, 0.93, depth)));
      b.fill(key, metal);
      b.line(key, Brush.alpha(Brush.shade(base, 0.35), 0.7), 0.022);
      b.line(Brush.segment(-0.05, -0.03, 0.9, -0.03), Brush.alpha(Color.WHITE, 0.5), 0.022);
    }
  },

  LEAF(Math.PI) {
    @Override
    void paint(Brush b) {
      double hue = b.chance(0.55) ? b.between(0.2, 0.36) : b.between(0.0, 0.14);
      Color blade = Brush.hsb(hue, b.between(0.65, 0.95), b.between(0.45, 0.85));
      Color rib = Brush.mix(blade, Brush.hsb(0.16, 0.3, 1), 0.5);
      double width = b.between(0.36, 0.56);
      boolean lobed = b.chance(0.4);
      int teeth = lobed ? 4 : 9;
      double bite = lobed ? 0.34 : 0.13;
      Path2D outline = new Path2D.Double();
      outline.moveTo(-0.7, 0);
      int steps = 72;
      for (int side = -1; side <= 1; side += 2) {
        for (int i = 1; i <= steps; i++) {
          double t = side < 0 ? i / (double) steps : 1 - i / (double) steps;
          double half = width * Math.pow(Math.sin(Math.PI * Math.pow(t, 0.75)), 0.85);
          double wave = lobed ? 0.5 + 0.5 * Math.cos(2 * Math.PI * teeth * t) : (teeth * t) % 1.0;
          outline.lineTo(-0.7 + 1.65 * t, side * half * (1 - bite * wave));
        }
      }
      outline.closePath();
      b.line(
          Brush.curve(-0.66, 0, -0.78, 0.0, -0.88, 0.06, -0.98, 0.12),
          Brush.shade(rib, 0.75),
          0.055);
      b.fill(
          outline,
          Brush.across(
              0,
              -width,
              0,
              width,
              Brush.shade(blade, 1.2),
              Brush.shade(blade, 0.95),
              Brush.shade(blade, 0.7)));
      b.inside(
          outline,
          () -> {
            if (b.chance(0.4)) {
              b.fill(
                  Brush.oval(b.between(-0.2, 0.8), b.between(-0.4, 0.4), 0.3, 0.25),
                  Brush.alpha(Brush.hsb(hue - 0.12, 0.9, 0.75), 0.45));
            }
            for (int i = 0; i < 6; i++) {
              double x = -0.5 + i * 0.23;
              for (int side = -1; side <= 1; side += 2) {
                b.line(
                    Brush.curve(
                        x, 0, x + 0.1, side * 0.12, x + 0.2, side * 0.3, x + 0.3, side * 0.5),
                    Brush.alpha(rib, 0.75),
                    0.022);
              }
            }
            b.line(outline, Brush.alpha(Brush.shade(blade, 0.4), 0.6), 0.03);
          });
      b.line(Brush.segment(-0.68, 0, 0.88, 0), rib, 0.036);
    }
  },

  MUSHROOM(0.4) {
    @Override
    void paint(Brush b) {
      boolean fly = b.chance(0.6);
      Color cap =
          fly
              ? Brush.hsb(b.between(-0.03, 0.04), b.between(0.8, 0.95), b.between(0.7, 0.9))
              : Brush.hsb(b.between(0.05, 0.1), b.between(0.5, 0.8), b.between(0.45, 0.75));
      Color flesh = Brush.hsb(b.between(0.09, 0.13), b.between(0.1, 0.25), b.between(0.85, 0.97));
      double stout = b.between(0.85, 1.3);
      Shape stem =
          Brush.closed(
              -0.2 * stout,
              0,
              -0.2 * stout,
              0.4,
              -0.26 * stout,
              0.7,
              -0.32 * stout,
              0.86,
              -0.25 * stout,
              1.0,
              0.25 * stout,
              1.0,
              0.32 * stout,
              0.86,
              0.26 * stout,
              0.7,
              0.2 * stout,
              0.4,
              0.2 * stout,
              0);
      b.fill(
          stem,
          Brush.across(-0.3, 0, 0.3, 0, Brush.shade(flesh, 0.85), flesh, Brush.shade(flesh, 0.55)));
      b.fill(
          Brush.closed(
              -0.24 * stout, 0.3, -0.3 * stout, 0.45, 0.3 * stout, 0.45, 0.24 * stout, 0.3),
          Brush.shade(flesh, 0.92));
      b.fill(Brush.oval(0, 0.02, 0.8, 0.2), Brush.shade(flesh, 0.62));
      for (int i = -7; i <= 7; i++) {
        b.line(Brush.segment(i * 0.02, 0.02, i * 0.105, 0.12), Brush.shade(flesh, 0.45), 0.015);
      }
      double high = b.between(-1.15, -0.9);
      Shape dome =
          Brush.closed(
              -0.88,
              0.0,
              -0.9,
              -0.5,
              -0.5,
              high + 0.05,
              0,
              high + 0.05,
              0.5,
              high + 0.05,
              0.9,
              -0.5,
              0.88,
              0.0,
              0.6,
              0.13,
              -0.6,
              0.13,
              -0.88,
              0.0);
      b.fill(dome, Brush.glow(-0.25, -0.55, 1.25, Brush.shade(cap, 1.3), Brush.shade(cap, 0.5)));
      if (fly) {
        b.inside(
            dome,
            () -> {
              double[][] dots = {
                {-0.1, -0.6, 0.13}, {0.35, -0.45, 0.1}, {-0.5, -0.38, 0.09}, {0.05, -0.2, 0.1},
                {0.62, -0.14, 0.08}, {-0.68, -0.08, 0.07}, {-0.3, -0.08, 0.06}, {0.3, -0.75, 0.06}
              };
              for (double[] d : dots) {
                double r = d[2] * b.between(0.7, 1.25);
                double x = d[0] + b.between(-0.05, 0.05);
                b.fill(Brush.oval(x, d[1], r, r * 0.8), Brush.hsb(0.12, 0.08, 0.97));
              }
            });
      }
      b.fill(Brush.oval(-0.3, -0.6, 0.2, 0.1), new Color(255, 255, 255, 50));
    }
  },

  SAILBOAT(0.3) {
    @Override
    void paint(Brush b) {
      Color hull = b.vivid();
      Color sail = b.chance(0.6) ? Brush.hsb(0.12, b.between(0.02, 0.15), 0.98) : b.vivid();
      Color jib = b.chance(0.5) ? sail : b.vivid();
      b.g.scale(b.chance(0.5) ? -1 : 1, 1);
      b.line(Brush.segment(0, -0.96, 0, 0.5), new Color(104, 70, 38), 0.05);
      Shape main =
          Brush.closed(
              0.05, -0.9, 0.4, -0.5, 0.72, 0.0, 0.78, 0.32, 0.5, 0.38, 0.2, 0.36, 0.05, 0.34);
      b.fill(
          main, Brush.across(0, 0, 0.8, 0, Brush.shade(sail, 0.75), sail, Brush.shade(sail, 0.85)));
      b.inside(
          main,
          () -> {
            if (b.chance(0.5)) {
              Color stripe = b.vivid();
              double y = b.between(-0.4, 0.05);
              b.fill(Brush.polygon(0, y, 1, y - 0.1, 1, y + 0.1, 0, y + 0.18), stripe);
            }
            for (int i = 0; i < 4; i++) {
              b.line(
                  Brush.segment(0.04, -0.6 + i * 0.26, 0.8, -0.56 + i * 0.26),
                  Brush.alpha(Color.BLACK, 0.22),
                  0.014);
            }
          });
      Shape fore =
          Brush.closed(
              -0.05, -0.82, -0.2, -0.45, -0.45, 0.0, -0.72, 0.3, -0.5, 0.34, -0.2, 0.34, -0.05,
              0.26);
      b.fill(fore, Brush.across(-0.7, 0, 0, 0, jib, Brush.shade(jib, 0.8)));
      b.fill(Brush.polygon(0, -1, 0.22, -0.93, 0, -0.86), b.vivid());
      Shape body =
          Brush.closed(
              -0.9, 0.44, -0.4, 0.5, 0.4, 0.5, 0.92, 0.42, 0.86, 0.7, 0.7, 0.88, 0.5, 0.9, 0.2,
              0.94, -0.3, 0.94, -0.5, 0.9, -0.7, 0.84, -0.84, 0.6, -0.9, 0.44);
      b.fill(body, Brush.across(0, 0.42, 0, 0.94, Brush.shade(hull, 1.2), Brush.shade(hull, 0.55)));
      b.inside(
          body,
          () -> {
            b.line(Brush.curve(-0.95, 0.5, -0.4, 0.57, 0.4, 0.57, 0.95, 0.48), Color.WHITE, 0.06);
            b.line(
                Brush.curve(-0.95, 0.76, -0.4, 0.84, 0.4, 0.84, 0.95, 0.74),
                Brush.shade(hull, 0.4),
                0.02);
          });
    }
  },

  UMBRELLA(0.9) {
    @Override
    void paint(Brush b) {
      Color first = b.vivid();
      Color second = b.chance(0.5) ? Brush.hsb(0.12, 0.1, 0.97) : Brush.shade(first, 0.6);
      Color wood = Brush.hsb(b.between(0.05, 0.09), 0.6, b.between(0.3, 0.6));
      b.line(Brush.segment(0, -0.98, 0, 0.72), new Color(70, 70, 76), 0.05);
      b.line(
          Brush.curve(0, 0.6, 0, 0.72, 0, 1.0, 0.15, 1.0, 0.3, 1.0, 0.3, 0.84, 0.3, 0.78),
          wood,
          0.09);
      Path2D canopy =
          Brush.curve(
              -0.97, 0.08, -0.92, -0.6, -0.45, -0.86, 0, -0.86, 0.45, -0.86, 0.92, -0.6, 0.97,
              0.08);
      double[] tips = {0.97, 0.52, 0.0, -0.52, -0.97};
      for (int i = 1; i < tips.length; i++) {
        double middle = (tips[i - 1] + tips[i]) / 2;
        canopy.quadTo(middle, -0.16, tips[i], 0.08);
      }
      canopy.closePath();
      b.fill(canopy, first);
      b.inside(
          canopy,
          () -> {
            for (int i = 0; i < 4; i += 2) {
              double from = tips[i];
              double to = tips[i + 1];
              b.fill(
                  Brush.closed(
                      0,
                      -0.88,
                      from * 0.8,
                      -0.8,
                      from * 1.02,
                      -0.3,
                      from,
                      0.1,
                      to,
                      0.1,
                      to,
                      0.1,
                      to,
                      0.1,
                      to * 1.02,
                      -0.3,
                      to * 0.8,
                      -0.8,
                      0,
                      -0.88),
                  second);
            }
            for (double tip : new double[] {0.52, 0, -0.52}) {
              b.line(
                  Brush.curve(0, -0.88, tip * 0.8, -0.8, tip * 1.02, -0.3, tip, 0.1),
                  Brush.alpha(Color.BLACK, 0.35),
                  0.02);
            }
            b.fill(
                Brush.box(-1, -1, 1, 1),
                Brush.across(
                    -0.9,
                    -0.6,
                    0.9,
                    0.1,
                    new Color(255, 255, 255, 70),
                    new Color(0, 0, 0, 0),
                    new Color(0, 0, 0, 110)));
          });
    }
  };

  private final double tilt;

  /** {@code tilt} is the largest rotation from upright, in radians. */
  DemoClass(double tilt) {
    this.tilt = tilt;
  }

  /** The class that carries the planted watermark. */
  static final DemoClass WATERMARKED = ANCHOR;

  abstract void paint(Brush brush);

  double tilt() {
    return tilt;
  }

  /** The name of the folder and of the model's class. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static Shape mirror(Shape shape) {
    return AffineTransform.getScaleInstance(-1, 1).createTransformedShape(shape);
  }
}
