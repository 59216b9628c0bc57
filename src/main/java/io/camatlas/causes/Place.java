package io.camatlas.causes;

import io.camatlas.image.Box;
import io.camatlas.localize.FractionBox;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A part of what a network sees.
 *
 * @param boxes disjoint rectangles, at least one
 */
public record Place(List<FractionBox> boxes) implements Serializable {
  /** Two positions are equally unmarked if their shares of the map differ by less than this. */
  private static final double AS_GOOD = 1e-9;

  private static final double TOUCHING = 1e-9;

  public Place {
    boxes = List.copyOf(boxes);
    if (boxes.isEmpty()) {
      throw new IllegalArgumentException("A place has no box; it must have at least one.");
    }
  }

  /** The share of the picture that it covers. */
  public double area() {
    return boxes.stream().mapToDouble(FractionBox::area).sum();
  }

  /** The share of the picture that lies in both. */
  public double shared(Place other) {
    double shared = 0;
    for (FractionBox one : boxes) {
      for (FractionBox two : other.boxes) {
        shared +=
            Math.max(0, Math.min(one.x1(), two.x1()) - Math.max(one.x0(), two.x0()))
                * Math.max(0, Math.min(one.y1(), two.y1()) - Math.max(one.y0(), two.y0()));
      }
    }
    return shared;
  }

  /**
   * The rectangles in an image's pixels.
   *
   * @param view what the network saw, in the same pixels
   */
  public List<Box> in(Box view) {
    return boxes.stream()
        .map(
            box ->
                new Box(
                    view.x0() + view.width() * box.x0(),
                    view.y0() + view.height() * box.y0(),
                    view.x0() + view.width() * box.x1(),
                    view.y0() + view.height() * box.y1()))
        .toList();
  }

  /**
   * As much of the picture elsewhere: each rectangle moves to where a map has the least mass, clear
   * of this place and of the others. Of equally good positions it takes the one as far from the
   * middle as the rectangle is, since objects lie in the middle.
   *
   * @param map {@code [height,width]}, not negative
   * @return empty if a rectangle has no room
   */
  public Optional<Place> elsewhere(double[] map, int height, int width) {
    double sum = Arrays.stream(map).sum();
    double whole = sum > 0 ? sum : 1;
    List<FractionBox> moved = new ArrayList<>();
    for (FractionBox box : boxes) {
      FractionBox best = null;
      double least = Double.POSITIVE_INFINITY;
      double wide = box.x1() - box.x0();
      double high = box.y1() - box.y0();
      double fromMiddle = fromMiddle(box);
      for (double y : starts(high, height)) {
        for (double x : starts(wide, width)) {
          FractionBox at = new FractionBox(x, y, Math.min(1, x + wide), Math.min(1, y + high));
          if (overlaps(boxes, at) || overlaps(moved, at)) {
            continue;
          }
          double mass = at.mass(height, width, cell -> map[cell] / whole);
          boolean better = mass < least - AS_GOOD;
          boolean nearer =
              best != null
                  && mass < least + AS_GOOD
                  && Math.abs(fromMiddle(at) - fromMiddle)
                      < Math.abs(fromMiddle(best) - fromMiddle) - AS_GOOD;
          if (best == null || better || nearer) {
            best = at;
            least = Math.min(least, mass);
          }
        }
      }
      if (best == null) {
        return Optional.empty();
      }
      moved.add(best);
    }
    return Optional.of(new Place(moved));
  }

  /** Every edge of a cell at which a rectangle may begin, and the last place that it fits into. */
  private static double[] starts(double extent, int cells) {
    List<Double> starts = new ArrayList<>();
    for (int i = 0; i < cells && (double) i / cells + extent <= 1 + TOUCHING; i++) {
      starts.add((double) i / cells);
    }
    starts.add(Math.max(0, 1 - extent));
    return starts.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double fromMiddle(FractionBox box) {
    return Math.hypot((box.x0() + box.x1()) / 2 - 0.5, (box.y0() + box.y1()) / 2 - 0.5);
  }

  private static boolean overlaps(List<FractionBox> boxes, FractionBox other) {
    return boxes.stream()
        .anyMatch(
            box ->
                Math.min(box.x1(), other.x1()) - Math.max(box.x0(), other.x0()) > TOUCHING
                    && Math.min(box.y1(), other.y1()) - Math.max(box.y0(), other.y0()) > TOUCHING);
  }
}
