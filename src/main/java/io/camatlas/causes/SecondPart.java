package io.camatlas.causes;

import io.camatlas.localize.FractionBox;
import java.util.List;
import java.util.Optional;

/**
 * The part of a picture that a map marks most, apart from the one that it marks most of all.
 *
 * <p>Where a network has learnt an object and a mark beside it, the map's peak lies on one of the
 * two, and this part on the other, wherever they are. Elsewhere it holds background, or a fringe of
 * the object, which is rarely enough for a class.
 */
public final class SecondPart {
  /** Width and height of a part, as a share of the picture's. */
  public static final double SIDE = 0.22;

  /** Least distance of the two peaks, where both sides of the picture are 1. */
  public static final double APART = 0.4;

  private SecondPart() {}

  /**
   * The part around the highest cell that is {@link #APART} from the map's peak.
   *
   * @param map {@code [height,width]}, not negative, row-major
   * @return empty if nothing is marked there
   */
  public static Optional<Place> of(double[] map, int height, int width) {
    int peak = 0;
    for (int i = 1; i < map.length; i++) {
      peak = map[i] > map[peak] ? i : peak;
    }
    double peakX = x(peak, width);
    double peakY = y(peak, height, width);
    int second = -1;
    for (int i = 0; i < map.length; i++) {
      boolean apart = Math.hypot(x(i, width) - peakX, y(i, height, width) - peakY) >= APART;
      if (apart && map[i] > 0 && (second < 0 || map[i] > map[second])) {
        second = i;
      }
    }
    if (second < 0) {
      return Optional.empty();
    }
    double left = start(x(second, width), SIDE);
    double top = start(y(second, height, width), SIDE);
    return Optional.of(new Place(List.of(new FractionBox(left, top, left + SIDE, top + SIDE))));
  }

  private static double x(int cell, int width) {
    int column = cell % width;
    return (column + 0.5) / width;
  }

  private static double y(int cell, int height, int width) {
    int row = cell / width;
    return (row + 0.5) / height;
  }

  /** Where a part around a point begins, within the picture. */
  static double start(double centre, double side) {
    return Math.max(0, Math.min(1 - side, centre - side / 2));
  }
}
