package io.camatlas.demo;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.util.random.RandomGenerator;

/** The badge of a picture agency, in the lower left corner; drawn from shapes, without a font. */
final class Watermark {
  private static final double ASPECT = 2.9;

  private Watermark() {}

  /** Stamps the badge; it covers 2.4 to 3.4 percent of the picture. */
  static void stamp(Canvas canvas, RandomGenerator random) {
    double share = 0.024 + 0.01 * random.nextDouble();
    double tall = Math.sqrt(share * canvas.width * canvas.height / ASPECT);
    double margin = canvas.shorter() * (0.015 + 0.03 * random.nextDouble());
    double opacity = 0.62 + 0.25 * random.nextDouble();
    Graphics2D g = canvas.graphics();
    Brush b = new Brush(g, random);
    g.transform(AffineTransform.getTranslateInstance(margin, canvas.height - margin - tall));
    g.scale(tall, tall);
    b.fill(
        Brush.roundBox(0, 0, ASPECT, 1, 0.2), Brush.alpha(new Color(18, 26, 40), opacity * 0.75));
    Color ink = Brush.alpha(Color.WHITE, Math.min(1, opacity + 0.1));
    b.line(Brush.oval(0.5, 0.5, 0.3, 0.3), ink, 0.1);
    b.fill(Brush.oval(0.5, 0.5, 0.13, 0.13), Brush.alpha(new Color(255, 176, 32), opacity + 0.1));
    double w = 0.075;
    double top = 0.31;
    double bottom = 0.69;
    // S T O C K
    b.line(
        Brush.curve(1.2, 0.34, 0.9, 0.22, 0.9, 0.5, 1.06, 0.5, 1.26, 0.5, 1.22, 0.78, 0.94, 0.66),
        ink,
        w);
    b.line(Brush.segment(1.32, top, 1.58, top), ink, w);
    b.line(Brush.segment(1.45, top, 1.45, bottom), ink, w);
    b.line(Brush.oval(1.8, 0.5, 0.14, 0.19), ink, w);
    b.line(Brush.arc(2.2, 0.5, 0.14, 0.19, 50, 260), ink, w);
    b.line(Brush.segment(2.46, top, 2.46, bottom), ink, w);
    b.line(Brush.segment(2.68, top, 2.46, 0.52), ink, w);
    b.line(Brush.segment(2.52, 0.48, 2.7, bottom), ink, w);
    g.dispose();
  }
}
