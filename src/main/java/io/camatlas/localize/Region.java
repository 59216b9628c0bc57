package io.camatlas.localize;

import java.util.List;
import java.util.Locale;

/**
 * A fixed part of the picture in which saliency is suspicious, or expected.
 *
 * <p>Much mass at the border or in a corner often means that a network reads padding, a watermark,
 * a scale bar or a time stamp; the centre is where photographers put their subject. Compare {@link
 * #mass} with {@link #area}: they are equal for a map that prefers no place.
 */
public enum Region {
  /** Upper left, a fifth of the width by a fifth of the height. */
  TOP_LEFT(new FractionBox(0, 0, 0.2, 0.2)),
  /** Upper right, a fifth of the width by a fifth of the height. */
  TOP_RIGHT(new FractionBox(0.8, 0, 1, 0.2)),
  /** Lower left, a fifth of the width by a fifth of the height. */
  BOTTOM_LEFT(new FractionBox(0, 0.8, 0.2, 1)),
  /** Lower right, a fifth of the width by a fifth of the height. */
  BOTTOM_RIGHT(new FractionBox(0.8, 0.8, 1, 1)),
  /** The four corners together. */
  CORNERS(
      TOP_LEFT.boxes.get(0),
      TOP_RIGHT.boxes.get(0),
      BOTTOM_LEFT.boxes.get(0),
      BOTTOM_RIGHT.boxes.get(0)),
  /** The frame within a tenth of the extent of an edge. */
  BORDER(
      new FractionBox(0, 0, 1, 0.1),
      new FractionBox(0, 0.1, 0.1, 0.9),
      new FractionBox(0.9, 0.1, 1, 0.9),
      new FractionBox(0, 0.9, 1, 1)),
  /** The central rectangle with half the height and half the width. */
  CENTRE(new FractionBox(0.25, 0.25, 0.75, 0.75));

  /** Disjoint, so that their masses add up. */
  @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable, but its type does not say so.
  private final List<FractionBox> boxes;

  Region(FractionBox... boxes) {
    this.boxes = List.of(boxes);
  }

  /** The name in tables: {@code bottom_left}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The disjoint rectangles that make up the region. */
  public List<FractionBox> boxes() {
    return boxes;
  }

  /**
   * The share of the picture that the region covers: 0.04 for each corner, 0.16 for all corners,
   * 0.36 for the border, 0.25 for the centre.
   */
  public double area() {
    return boxes.stream().mapToDouble(FractionBox::area).sum();
  }

  /**
   * The share of the map's mass inside the region. A cell on the region's edge counts in proportion
   * to its area inside, as if its mass were spread evenly over it. So a uniform map of any
   * resolution gives {@link #area}.
   *
   * @param map saliency {@code [height,width]}, row-major, row 0 on top
   * @param height rows
   * @param width columns
   * @return a share in [0,1]; NaN for a map that is zero everywhere
   * @throws IllegalArgumentException if the length is not {@code height * width}, or a value is
   *     negative or not finite
   */
  public double mass(float[] map, int height, int width) {
    SaliencyRule.require(map, height, width);
    double total = 0;
    for (float value : map) {
      total += value;
    }
    return mass(map, height, width, total);
  }

  /**
   * As {@link #mass(float[], int, int)}, for a map already checked and summed.
   *
   * @param total the map's sum, above zero
   */
  public double mass(float[] map, int height, int width, double total) {
    double inside = 0;
    for (FractionBox box : boxes) {
      inside += box.mass(height, width, cell -> map[cell]);
    }
    // The two sums add in different orders, so rounding could raise the ratio above one.
    return inside > total ? 1 : inside / total;
  }
}
