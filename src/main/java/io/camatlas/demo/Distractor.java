package io.camatlas.demo;

import java.awt.Color;
import java.awt.geom.Area;
import java.awt.geom.Path2D;

/** Irrelevant things that lie around in the pictures of every class. */
enum Distractor {
  BALL {
    @Override
    void paint(Brush b) {
      Color c = b.vivid();
      b.fill(
          Brush.oval(0, 0, 0.9, 0.9),
          Brush.glow(-0.3, -0.35, 1.4, Brush.shade(c, 1.5), Brush.shade(c, 0.35)));
      if (b.chance(0.5)) {
        b.inside(
            Brush.oval(0, 0, 0.9, 0.9),
            () ->
                b.line(
                    Brush.curve(-1, 0.1, -0.4, 0.4, 0.4, 0.4, 1, 0.1),
                    Brush.alpha(Color.WHITE, 0.8),
                    0.25));
      }
      b.fill(Brush.oval(-0.33, -0.4, 0.2, 0.13), new Color(255, 255, 255, 130));
    }
  },
  CRATE {
    @Override
    void paint(Brush b) {
      Color c =
          b.chance(0.5) ? Brush.hsb(b.between(0.06, 0.11), 0.55, b.between(0.5, 0.8)) : b.vivid();
      b.fill(Brush.polygon(-0.9, -0.4, 0.1, -0.1, 0.1, 0.95, -0.9, 0.6), c);
      b.fill(Brush.polygon(0.1, -0.1, 0.9, -0.45, 0.9, 0.55, 0.1, 0.95), Brush.shade(c, 0.62));
      b.fill(Brush.polygon(-0.9, -0.4, -0.1, -0.75, 0.9, -0.45, 0.1, -0.1), Brush.shade(c, 1.25));
      for (int i = 1; i < 4; i++) {
        b.line(
            Brush.segment(-0.9, -0.4 + i * 0.25, 0.1, -0.1 + i * 0.26), Brush.shade(c, 0.7), 0.03);
        b.line(
            Brush.segment(0.1, -0.1 + i * 0.26, 0.9, -0.45 + i * 0.25), Brush.shade(c, 0.45), 0.03);
      }
    }
  },
  STONE {
    @Override
    void paint(Brush b) {
      Color c = Brush.hsb(b.random.nextDouble(), b.between(0, 0.2), b.between(0.35, 0.75));
      Path2D path = new Path2D.Double();
      int corners = 10;
      double[] radius = new double[corners];
      for (int i = 0; i < corners; i++) {
        radius[i] = b.between(0.7, 1);
      }
      for (int i = 0; i <= corners * 6; i++) {
        double at = i / 6.0;
        int k = (int) at;
        double t = at - k;
        double r = radius[k % corners] * (1 - t) + radius[(k + 1) % corners] * t;
        double angle = at * 2 * Math.PI / corners;
        if (i == 0) {
          path.moveTo(r * Math.cos(angle), 0.75 * r * Math.sin(angle));
        } else {
          path.lineTo(r * Math.cos(angle), 0.75 * r * Math.sin(angle));
        }
      }
      path.closePath();
      b.fill(
          path, Brush.across(-0.6, -0.7, 0.5, 0.8, Brush.shade(c, 1.35), c, Brush.shade(c, 0.45)));
    }
  },
  CONE {
    @Override
    void paint(Brush b) {
      Color c = Brush.hsb(b.between(0.02, 0.09), 0.9, 0.95);
      b.fill(Brush.roundBox(-0.75, 0.7, 0.75, 0.95, 0.08), Brush.shade(c, 0.7));
      Path2D cone = Brush.polygon(-0.12, -0.95, 0.12, -0.95, 0.52, 0.72, -0.52, 0.72);
      b.fill(
          cone,
          Brush.across(
              -0.5, 0, 0.5, 0, Brush.shade(c, 0.8), Brush.shade(c, 1.15), Brush.shade(c, 0.55)));
      b.inside(
          cone,
          () -> {
            b.fill(Brush.box(-1, -0.45, 1, -0.15), new Color(245, 245, 245, 220));
            b.fill(Brush.box(-1, 0.15, 1, 0.42), new Color(245, 245, 245, 220));
          });
    }
  },
  BOOK {
    @Override
    void paint(Brush b) {
      Color c = b.vivid();
      b.fill(Brush.roundBox(-0.62, -0.82, 0.7, 0.9, 0.05), Brush.shade(c, 0.5));
      b.fill(Brush.box(-0.6, -0.85, 0.66, 0.84), new Color(238, 230, 210));
      b.fill(
          Brush.roundBox(-0.7, -0.9, 0.6, 0.8, 0.05),
          Brush.across(-0.7, 0, 0.6, 0, Brush.shade(c, 0.7), c, Brush.shade(c, 1.1)));
      b.line(Brush.segment(-0.52, -0.88, -0.52, 0.78), Brush.shade(c, 0.5), 0.04);
      Color gilt = Brush.hsb(0.13, 0.5, 0.95);
      b.fill(Brush.box(-0.35, -0.6, 0.42, -0.48), gilt);
      b.fill(Brush.box(-0.35, -0.36, 0.2, -0.28), gilt);
    }
  },
  PENCIL {
    @Override
    void paint(Brush b) {
      Color c = b.vivid();
      b.fill(
          Brush.box(-0.7, -0.11, 0.65, 0.11),
          Brush.across(0, -0.11, 0, 0.11, Brush.shade(c, 1.3), c, Brush.shade(c, 0.6)));
      b.fill(Brush.polygon(0.65, -0.11, 0.98, 0, 0.65, 0.11), new Color(226, 190, 140));
      b.fill(Brush.polygon(0.87, -0.04, 0.98, 0, 0.87, 0.04), Brush.shade(c, 0.4));
      b.fill(Brush.box(-0.82, -0.115, -0.7, 0.115), new Color(180, 180, 190));
      b.fill(Brush.roundBox(-0.98, -0.11, -0.8, 0.11, 0.06), new Color(222, 120, 130));
    }
  },
  RING {
    @Override
    void paint(Brush b) {
      Color c = b.vivid();
      b.fill(
          Brush.minus(Brush.oval(0, 0, 0.92, 0.92), Brush.oval(0, 0, 0.4, 0.4)),
          Brush.across(-0.7, -0.7, 0.7, 0.7, Brush.shade(c, 1.35), c, Brush.shade(c, 0.5)));
      for (int i = 0; i < 4; i++) {
        b.line(Brush.arc(0, 0, 0.66, 0.66, i * 90 + 10, 34), Brush.alpha(Color.WHITE, 0.8), 0.14);
      }
    }
  },
  STAR {
    @Override
    void paint(Brush b) {
      Color c = Brush.hsb(b.between(0.0, 0.16), b.between(0.5, 0.9), b.between(0.75, 1));
      double inner = b.between(0.38, 0.5);
      double[] xy = new double[20];
      for (int i = 0; i < 10; i++) {
        double r = (i & 1) == 0 ? 0.97 : inner;
        double angle = i * Math.PI / 5 - Math.PI / 2;
        xy[2 * i] = r * Math.cos(angle);
        xy[2 * i + 1] = r * Math.sin(angle);
      }
      b.fill(
          Brush.polygon(xy),
          Brush.glow(-0.2, -0.3, 1.3, Brush.shade(c, 1.25), Brush.shade(c, 0.6)));
    }
  },
  SPOON {
    @Override
    void paint(Brush b) {
      Color c = Brush.hsb(b.between(0.08, 0.6), b.between(0.02, 0.3), b.between(0.55, 0.85));
      b.fill(
          Brush.roundBox(-0.3, -0.06, 0.97, 0.06, 0.05),
          Brush.across(0, -0.07, 0, 0.07, Brush.shade(c, 1.3), Brush.shade(c, 0.6)));
      b.fill(
          Brush.oval(-0.62, 0, 0.37, 0.25),
          Brush.across(0, -0.25, 0, 0.25, Brush.shade(c, 1.2), Brush.shade(c, 0.65)));
      b.fill(
          Brush.oval(-0.62, 0, 0.29, 0.18),
          Brush.across(0, -0.2, 0, 0.2, Brush.shade(c, 0.6), Brush.shade(c, 1.3)));
    }
  },
  WRENCH {
    @Override
    void paint(Brush b) {
      Color c = Brush.hsb(b.between(0.05, 0.65), b.between(0.03, 0.3), b.between(0.35, 0.75));
      var shape = Brush.minus(Brush.oval(0.72, 0, 0.27, 0.27), Brush.oval(0.72, 0, 0.13, 0.13));
      shape.add(new Area(Brush.box(-0.6, -0.09, 0.52, 0.09)));
      shape.add(Brush.minus(Brush.oval(-0.68, 0, 0.3, 0.3), Brush.box(-1, -0.12, -0.62, 0.12)));
      b.fill(shape, Brush.across(0, -0.3, 0, 0.3, Brush.shade(c, 1.4), c, Brush.shade(c, 0.55)));
    }
  },
  GEAR {
    @Override
    void paint(Brush b) {
      Color c = Brush.hsb(b.between(0.05, 0.65), b.between(0.03, 0.4), b.between(0.35, 0.75));
      int teeth = 8 + b.random.nextInt(5);
      double[] xy = new double[teeth * 8];
      for (int i = 0; i < teeth * 4; i++) {
        double r = (i & 3) < 2 ? 0.95 : 0.74;
        double angle = (i + ((i & 1) == 0 ? 0.12 : -0.12)) * Math.PI / (2 * teeth);
        xy[2 * i] = r * Math.cos(angle);
        xy[2 * i + 1] = r * Math.sin(angle);
      }
      b.fill(
          Brush.minus(Brush.polygon(xy), Brush.oval(0, 0, 0.3, 0.3)),
          Brush.across(-0.7, -0.7, 0.7, 0.7, Brush.shade(c, 1.35), c, Brush.shade(c, 0.55)));
    }
  };

  abstract void paint(Brush brush);
}
