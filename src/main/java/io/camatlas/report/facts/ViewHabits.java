package io.camatlas.report.facts;

import java.util.Map;
import java.util.Set;

/**
 * What a view's network does whatever it is shown.
 *
 * @param borderMaps feature maps that answer to the picture's border
 * @param excess for each class, by index, what its mean map has beyond its map without content
 */
public record ViewHabits(Set<Integer> borderMaps, Map<Integer, Grid> excess) {
  /** Nothing was measured. */
  public static final ViewHabits UNKNOWN = new ViewHabits(Set.of(), Map.of());

  public ViewHabits {
    borderMaps = Set.copyOf(borderMaps);
    excess = Map.copyOf(excess);
  }
}
