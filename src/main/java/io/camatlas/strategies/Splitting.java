package io.camatlas.strategies;

import java.util.List;

/**
 * When a group of images is split in two.
 *
 * @param spaces what images are compared by; the one that separates best is taken
 * @param leastSeparation of the two; see {@link StrategyTree.Split#separation}
 * @param smallest group that is split
 * @param fewest images on each side
 * @param leastShare of the group on each side
 * @param depth splits that may follow one another
 */
public record Splitting(
    List<Space> spaces,
    double leastSeparation,
    int smallest,
    int fewest,
    double leastShare,
    int depth) {
  /** Strategies: groups that are clearly apart. */
  public static final Splitting INTO_STRATEGIES =
      new Splitting(
          List.of(Space.MAPS, Space.RELEVANCE, Space.WEIGHTED_ACTIVATIONS), 0.75, 40, 5, 0.05, 3);

  /** Regions: neighbours, whether or not anything lies between them and the rest. */
  public static final Splitting INTO_REGIONS =
      new Splitting(List.of(Space.ACTIVATIONS), 0, 20, 10, 0.05, 4);

  public Splitting {
    spaces = List.copyOf(spaces);
  }

  int least(int images) {
    return Math.max(fewest, (int) Math.ceil(leastShare * images));
  }
}
