package io.camatlas.report.findings;

import io.camatlas.causes.Place;
import io.camatlas.localize.DensestCells;
import io.camatlas.localize.FractionBox;
import io.camatlas.report.facts.Grid;
import java.util.List;
import java.util.Optional;

/**
 * Where the mean map of a class is dense: the rectangle of cells whose share of the map most
 * exceeds {@value #DENSITY} times its share of the area. A class whose objects can be anywhere has
 * a spread-out mean map; one that is recognised by a badge, a ruler or a time stamp has a hot spot.
 *
 * @param x0 left edge, as a fraction of the picture
 * @param y0 top edge
 * @param x1 right edge
 * @param y1 bottom edge
 * @param share share of the mean map that lies inside
 */
record HotSpot(double x0, double y0, double x1, double y1, double share) {
  /** Multiple of their share of the area that cells must hold to add to the rectangle. */
  static final int DENSITY = 2;

  /** A rectangle at most this far from two edges lies in a corner. */
  private static final double NEAR = 0.1;

  /** The densest rectangle of a mean map; empty if the map is blank. */
  static Optional<HotSpot> of(Grid mean) {
    double sum = mean.sum();
    if (sum == 0) {
      return Optional.empty();
    }
    double even = (double) DENSITY / mean.values().length;
    double[] worth = new double[mean.values().length];
    for (int i = 0; i < worth.length; i++) {
      worth[i] = mean.values()[i] / sum - even;
    }
    return DensestCells.of(worth, mean.height(), mean.width())
        .map(
            cells -> {
              FractionBox box = cells.in(mean.height(), mean.width());
              HotSpot spot = new HotSpot(box.x0(), box.y0(), box.x1(), box.y1(), 0);
              return new HotSpot(spot.x0, spot.y0, spot.x1, spot.y1, spot.shareOf(mean));
            });
  }

  double area() {
    return (x1 - x0) * (y1 - y0);
  }

  /** The share of a grid in cells whose centres are inside; NaN if blank. */
  double shareOf(Grid grid) {
    double inside = 0;
    for (int r = 0; r < grid.height(); r++) {
      for (int c = 0; c < grid.width(); c++) {
        double x = (c + 0.5) / grid.width();
        double y = (r + 0.5) / grid.height();
        if (x >= x0 && x < x1 && y >= y0 && y < y1) {
          inside += grid.values()[r * grid.width() + c];
        }
      }
    }
    double sum = grid.sum();
    return sum == 0 ? Double.NaN : inside / sum;
  }

  /** A phrase for its place, to end a sentence with. */
  String place() {
    String down = third((y0 + y1) / 2, "top", "", "bottom");
    String across = third((x0 + x1) / 2, "left", "", "right");
    if (!down.isEmpty() && !across.isEmpty()) {
      boolean corner = (y0 <= NEAR || y1 >= 1 - NEAR) && (x0 <= NEAR || x1 >= 1 - NEAR);
      return "in the " + down + " " + across + (corner ? " corner" : " part");
    }
    if (!across.isEmpty()) {
      return "on the " + across;
    }
    if (!down.isEmpty()) {
      return "at the " + down;
    }
    return "in the middle";
  }

  /** What it is called where it is covered: {@code the bottom left corner}. */
  String subject() {
    String place = place();
    return place.endsWith(" corner") ? place.substring("in ".length()) : "this place";
  }

  /**
   * The place of the picture to test. It is wider than the spot by half a cell, since a cell sees
   * more than its own part of the picture, and reaches to the edges that are near: padding draws
   * maps away from the outermost cells.
   *
   * @param map the map that the spot was found in
   */
  Place asPlace(Grid map) {
    double across = 0.5 / map.width();
    double down = 0.5 / map.height();
    return new Place(
        List.of(
            new FractionBox(
                x0 - across <= NEAR ? 0 : x0 - across,
                y0 - down <= NEAR ? 0 : y0 - down,
                x1 + across >= 1 - NEAR ? 1 : x1 + across,
                y1 + down >= 1 - NEAR ? 1 : y1 + down)));
  }

  boolean isInTheMiddle() {
    return place().equals("in the middle");
  }

  private static String third(double at, String first, String second, String third) {
    return at < 1.0 / 3 ? first : at > 2.0 / 3 ? third : second;
  }
}
