package io.camatlas.causes;

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
   * The square of {@link SecondPart#SIDE} around the cell in which a map, as a share, exceeds that
   * of others most.
   *
   * @param map {@code [height,width]}, not negative, row-major
   * @param others mean of the others' maps, each scaled to sum to 1; of another size if nothing is
   *     known of them
   * @return empty if the map is blank
   */
  public static Optional<Place> of(double[] map, int height, int width, double[] others) {
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
      double beyond = map[i] / sum - (others.length == map.length ? others[i] : 0);
      if (beyond > largest) {
        largest = beyond;
        most = i;
      }
    }
    return Optional.of(SecondPart.around(most, height, width));
  }
}
