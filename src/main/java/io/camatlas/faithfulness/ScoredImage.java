package io.camatlas.faithfulness;

import java.util.Map;

/**
 * One image's numbers.
 *
 * @param probability Y, the target's probability on the whole image
 * @param maps the numbers of every kind of map
 * @param forwards number of rows that the network saw
 * @param finite whether every score of every row was finite; otherwise the numbers are meaningless
 */
public record ScoredImage(
    double probability, Map<MapKind, Faithfulness> maps, int forwards, boolean finite) {
  public ScoredImage {
    maps = Map.copyOf(maps);
  }
}
