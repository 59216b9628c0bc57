package io.camatlas.image;

/**
 * A rectangle in continuous coordinates: pixel i covers [i, i + 1). May be empty; edges are never
 * reversed.
 *
 * @param x0 left edge
 * @param y0 top edge
 * @param x1 right edge, at least {@code x0}
 * @param y1 bottom edge, at least {@code y0}
 */
public record Box(double x0, double y0, double x1, double y1) {
  public Box {
    if (!(x0 <= x1 && y0 <= y1 && Double.isFinite(x1 - x0) && Double.isFinite(y1 - y0))) {
      throw new IllegalArgumentException(
          "The box is (%s, %s, %s, %s); it must be finite, left before right and top before bottom. Swap its corners."
              .formatted(x0, y0, x1, y1));
    }
  }

  public double width() {
    return x1 - x0;
  }

  public double height() {
    return y1 - y0;
  }

  /** Zero for an empty box. */
  public double area() {
    return width() * height();
  }

  /** The intersection; an empty box if they do not overlap. */
  public Box intersection(Box other) {
    double left = Math.max(x0, other.x0);
    double top = Math.max(y0, other.y0);
    return new Box(
        left, top, Math.max(left, Math.min(x1, other.x1)), Math.max(top, Math.min(y1, other.y1)));
  }

  /** Intersection over union, 0 to 1; 0 if both boxes are empty. */
  public double iou(Box other) {
    double both = intersection(other).area();
    double either = area() + other.area() - both;
    return either > 0 ? both / either : 0;
  }
}
