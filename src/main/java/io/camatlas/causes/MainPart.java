package io.camatlas.causes;

import io.camatlas.localize.FractionBox;
import java.util.List;
import java.util.Optional;

/**
 * The part of a picture that its map marks most, beyond what the maps of other images mark there.
 *
 * <p>What a group of images has in common, and the others lack, lies there if the maps tell them
 * apart.
 */
public final class MainPart {
  private MainPart() {}

  /**
   * The part around a map's peak.
   *
   * @param map {@code [height,width]}, not negative, row-major
   * @return a square of {@link SecondPart#SIDE}; empty if the map is blank
   */
  public static Optional<Place> of(double[] map, int height, int width) {
    return of(map, height, width, new double[map.length], SecondPart.SIDE, SecondPart.SIDE);
  }

  /**
   * The part around the cell in which a map, as a share, exceeds that of others most.
   *
   * @param map {@code [height,width]}, not negative, row-major
   * @param others mean of the others' maps, each scaled to sum to 1, on the same grid
   * @param across width of the part, as a share of the picture's, at most 1
   * @param down its height, likewise
   * @return empty if the map is blank
   * @throws IllegalArgumentException if the two maps differ in size
   */
  public static Optional<Place> of(
      double[] map, int height, int width, double[] others, double across, double down) {
    if (others.length != map.length) {
      throw new IllegalArgumentException(
          "A map of %d cells is compared with one of %d; both must be of one size."
              .formatted(map.length, others.length));
    }
    double sum = 0;
    for (double value : map) {
      sum += value;
    }
    if (!(sum > 0)) {
      return Optional.empty();
    }
    int most = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < map.length; i++) {
      double beyond = map[i] / sum - others[i];
      if (beyond > largest) {
        largest = beyond;
        most = i;
      }
    }
    int row = most / width;
    int column = most % width;
    double left = SecondPart.start((column + 0.5) / width, across);
    double top = SecondPart.start((row + 0.5) / height, down);
    return Optional.of(new Place(List.of(new FractionBox(left, top, left + across, top + down))));
  }
}
