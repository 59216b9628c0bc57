package io.camatlas.strategies;

import io.camatlas.atlas.ClassName;
import java.util.List;
import java.util.Optional;

/**
 * A group of a class's images as it is told: see {@link Group}. Numbers are NaN where nothing is
 * known.
 *
 * @param number of the group in its class, from 0
 * @param rank its place among all groups of the layer, the most suspicious first, from 1
 * @param wrong those of them whose label is another class; they make no groups of their own
 * @param share of the images that are predicted as the class
 * @param space what sets it apart; empty if the class is not split
 * @param separation how clearly it is apart, 0 to 1
 * @param suspicion see {@link Group#suspicion}
 * @param suspicious whether it deserves a look
 * @param own its images
 * @param rest the class's other images
 * @param height rows of the mean maps
 * @param width columns of the mean maps
 * @param featureMaps those that set it apart, the one that does most first
 * @param traits values that its images have more often than the others
 * @param typical images nearest to its middle
 */
public record Strategy(
    ClassName name,
    int number,
    int rank,
    long images,
    long wrong,
    double share,
    Optional<Space> space,
    double separation,
    double suspicion,
    boolean suspicious,
    Side own,
    Side rest,
    int height,
    int width,
    List<Group.Apart> featureMaps,
    List<Group.Often> traits,
    List<Group.Typical> typical) {
  /** From this suspicion on, a group deserves a look. */
  public static final double SUSPICIOUS_FROM = 0.5;

  public Strategy {
    featureMaps = List.copyOf(featureMaps);
    traits = List.copyOf(traits);
    typical = List.copyOf(typical);
  }

  /**
   * What is known of some images.
   *
   * @param accuracy share of them that is predicted as labelled
   * @param confidence mean probability of the class
   * @param hits share of the maps whose peak lies on an object
   * @param judged number of maps of which that is known
   * @param meanMap mean of the maps, each scaled to sum to 1; empty without images
   */
  public record Side(
      double accuracy, double confidence, double hits, long judged, double[] meanMap) {}

  /** Whether the class has other groups. */
  public boolean isApart() {
    return space.isPresent();
  }

  /** What its images differ in from the others, in words; empty if the class is not split. */
  public String differsIn() {
    return space.map(Space::words).orElse("");
  }

  /** Whether its peaks surely lie on objects less often than those of the other images. */
  public boolean looksElsewhere() {
    return own.hits < rest.hits
        && Group.surely(
            Math.round(own.hits * own.judged),
            own.judged,
            Math.round(rest.hits * rest.judged),
            rest.judged);
  }
}
