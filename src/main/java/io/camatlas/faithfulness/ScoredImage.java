package io.camatlas.faithfulness;

import java.util.Map;

/**
 * One image's numbers.
 *
 * @param probability Y, of the target on the whole image
 * @param maps by kind of map, all kinds
 * @param forwards rows that the network saw for them
 * @param finite whether every score of every row was finite; the numbers mean nothing otherwise
 */
public record ScoredImage(
    double probability, Map<MapKind, Faithfulness> maps, int forwards, boolean finite) {
  public ScoredImage {
    maps = Map.copyOf(maps);
  }
}
