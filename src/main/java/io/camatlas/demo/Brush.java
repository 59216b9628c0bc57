package io.camatlas.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.LinearGradientPaint;
import java.awt.Paint;
import java.awt.RadialGradientPaint;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Arc2D;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.random.RandomGenerator;

/**
 * Draws one thing in its own coordinates: about -1 to 1 in both directions, y pointing down.
 *
 * <p>Colours come from the brush's own random stream, so a thing looks the same wherever it is
 * placed.
 */
final class Brush {
  final Graphics2D g;
  final RandomGenerator random;

  Brush(Graphics2D g, RandomGenerator random) {
    this.g = g;
    this.random = random;
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
  }

  double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  boolean chance(double share) {
    return random.nextDouble() < share;
  }

  /** A colour from hue, saturation and brightness, each from 0 to 1; the hue wraps around. */
  static Color hsb(double hue, double saturation, double brightness) {
    return Color.getHSBColor((float) hue, (float) clamp(saturation), (float) clamp(brightness));
  }

  /** A vivid colour of random hue. */
  Color vivid() {
    return hsb(random.nextDouble(), between(0.6, 0.95), between(0.6, 0.98));
  }

  /** The colour made lighter (factor above 1) or darker (below 1). */
  static Color shade(Color c, double factor) {
    return new Color(
        level(c.getRed(), factor), level(c.getGreen(), factor), level(c.getBlue(), factor));
  }

  static Color mix(Color a, Color b, double share) {
    return new Color(
        blend(a.getRed(), b.getRed(), share),
        blend(a.getGreen(), b.getGreen(), share),
        blend(a.getBlue(), b.getBlue(), share));
  }

  static Color alpha(Color c, double opacity) {
    return new Color(c.getRed(), c.getGreen(), c.getBlue(), (int) Math.round(255 * clamp(opacity)));
  }

  private static int level(int value, double factor) {
    return (int) Math.max(0, Math.min(255, Math.round(value * factor)));
  }

  private static int blend(int a, int b, double share) {
    return (int) Math.round(a + (b - a) * share);
  }

  private static double clamp(double v) {
    return Math.max(0, Math.min(1, v));
  }

  Brush fill(Shape shape, Paint paint) {
    g.setPaint(paint);
    g.fill(shape);
    return this;
  }

  Brush line(Shape shape, Paint paint, double width) {
    g.setPaint(paint);
    g.setStroke(new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
    return this;
  }

  /** Draws inside the shape only. */
  void inside(Shape shape, Runnable drawing) {
    Shape before = g.getClip();
    g.clip(shape);
    drawing.run();
    g.setClip(before);
  }

  /** A gradient of these colours between two points. */
  static Paint across(double x0, double y0, double x1, double y1, Color... colors) {
    float[] stops = new float[colors.length];
    for (int i = 0; i < stops.length; i++) {
      stops[i] = i / (float) (stops.length - 1);
    }
    return new LinearGradientPaint(
        new Point2D.Double(x0, y0), new Point2D.Double(x1, y1), stops, colors);
  }

  static Paint glow(double x, double y, double radius, Color inner, Color outer) {
    return new RadialGradientPaint(
        new Point2D.Double(x, y), (float) radius, new float[] {0, 1}, new Color[] {inner, outer});
  }

  static Shape oval(double x, double y, double rx, double ry) {
    return new Ellipse2D.Double(x - rx, y - ry, 2 * rx, 2 * ry);
  }

  static Shape box(double x0, double y0, double x1, double y1) {
    return new Rectangle2D.Double(x0, y0, x1 - x0, y1 - y0);
  }

  static Shape roundBox(double x0, double y0, double x1, double y1, double radius) {
    return new RoundRectangle2D.Double(x0, y0, x1 - x0, y1 - y0, 2 * radius, 2 * radius);
  }

  static Shape segment(double x0, double y0, double x1, double y1) {
    return new Line2D.Double(x0, y0, x1, y1);
  }

  static Shape arc(double x, double y, double rx, double ry, double start, double extent) {
    return new Arc2D.Double(x - rx, y - ry, 2 * rx, 2 * ry, start, extent, Arc2D.OPEN);
  }

  static Area minus(Shape whole, Shape hole) {
    Area area = new Area(whole);
    area.subtract(new Area(hole));
    return area;
  }

  /** A closed polygon of x, y pairs. */
  static Path2D polygon(double... xy) {
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int i = 2; i < xy.length; i += 2) {
      path.lineTo(xy[i], xy[i + 1]);
    }
    path.closePath();
    return path;
  }

  /** An open path from a point through cubic pieces of six numbers each. */
  static Path2D curve(double x, double y, double... pieces) {
    Path2D path = new Path2D.Double();
    path.moveTo(x, y);
    for (int i = 0; i < pieces.length; i += 6) {
      path.curveTo(
          pieces[i], pieces[i + 1], pieces[i + 2], pieces[i + 3], pieces[i + 4], pieces[i + 5]);
    }
    return path;
  }

  static Path2D closed(double x, double y, double... pieces) {
    Path2D path = curve(x, y, pieces);
    path.closePath();
    return path;
  }
}
