package io.camatlas.image;

import java.io.Serializable;

/**
 * A rectangle with continuous edges, y downwards.
 *
 * @param x0 left edge
 * @param y0 upper edge
 * @param x1 right edge, not less than x0
 * @param y1 lower edge, not less than y0
 */
public record Box(double x0, double y0, double x1, double y1) implements Serializable {
  public Box {
    if (!(x0 <= x1) || !(y0 <= y1)) {
      throw new IllegalArgumentException(
          "box ["
              + x0
              + ", "
              + y0
              + ", "
              + x1
              + ", "
              + y1
              + "] is inside out; give x0 <= x1 and"
              + " y0 <= y1.");
    }
  }

  /** From edge to edge. */
  public double width() {
    return x1 - x0;
  }

  /** From edge to edge. */
  public double height() {
    return y1 - y0;
  }

  /** Width times height. */
  public double area() {
    return width() * height();
  }

  /** Whether a point lies inside or on an edge. */
  public boolean contains(double x, double y) {
    return x >= x0 && x <= x1 && y >= y0 && y <= y1;
  }

  /** Area of the intersection over area of the union; 0 where both are empty. */
  public double iou(Box other) {
    double w = Math.min(x1, other.x1) - Math.max(x0, other.x0);
    double h = Math.min(y1, other.y1) - Math.max(y0, other.y0);
    double both = Math.max(0, w) * Math.max(0, h);
    double either = area() + other.area() - both;
    return either > 0 ? both / either : 0;
  }
}
