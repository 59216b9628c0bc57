package io.camatlas.strategies;

import io.camatlas.atlas.Examples;
import io.camatlas.atlas.FisherTest;
import io.camatlas.atlas.Trait;
import java.util.List;
import java.util.Optional;

/**
 * Images of a class that belong together.
 *
 * @param number from 0, the largest first
 * @param path the splits that led to it; none if the class is not split
 * @param own its images
 * @param rest the other images of the class
 * @param featureMaps those that set it apart, the one that does most first; empty if the class is
 *     not split
 * @param difference mean activations less those of the others, {@code [K]}; empty if the class is
 *     not split
 * @param usual mean activations of the others, {@code [K]}; empty likewise
 * @param traits values that its images have more often than the others
 * @param typical images nearest to its middle
 */
public record Group(
    int number,
    List<StrategyTree.Split> path,
    Counts own,
    Counts rest,
    List<Apart> featureMaps,
    float[] difference,
    float[] usual,
    List<Often> traits,
    List<Typical> typical) {
  /** An effect that may be chance counts as none. */
  private static final double SURE = 0.05;

  public Group {
    path = List.copyOf(path);
    featureMaps = List.copyOf(featureMaps);
    traits = List.copyOf(traits);
    typical = List.copyOf(typical);
  }

  /**
   * What is known of some images, of copies of a picture one.
   *
   * @param images their number
   * @param labelled those with a label
   * @param right those that are predicted as labelled
   * @param confidence mean; NaN without images
   * @param judged those of which is known whether the map's peak lies on an object
   * @param onObject those whose does
   * @param meanMap mean of the maps, each scaled to sum to 1; empty without images
   */
  public record Counts(
      long images,
      long labelled,
      long right,
      double confidence,
      long judged,
      long onObject,
      double[] meanMap) {
    /** NaN without labels. */
    public double accuracy() {
      return labelled == 0 ? Double.NaN : (double) right / labelled;
    }

    /** Share of the peaks that lie on an object; NaN if none is known. */
    public double hits() {
      return judged == 0 ? Double.NaN : (double) onObject / judged;
    }
  }

  /**
   * A feature map that sets a group apart.
   *
   * @param map its index
   * @param share of all that sets the group apart: of the sum over feature maps of the weighted
   *     mean activation beyond that of the others
   * @param activation mean of A_k in the group
   * @param restActivation mean of A_k in the others
   */
  public record Apart(int map, double share, double activation, double restActivation) {}

  /**
   * A value that a group has more often.
   *
   * @param value as text; a range if numbers are grouped
   * @param n images of the group that have it
   * @param share of the group's images of which the trait is known
   * @param restShare of the others
   * @param p how probable such a difference is if there is none (Fisher)
   * @param q p corrected for all values and groups of the class (Benjamini and Hochberg 1995)
   */
  public record Often(
      Trait.Name trait, String value, long n, double share, double restShare, double p, double q) {}

  /**
   * An image near the middle of its group.
   *
   * @param distance from it, in units of the group's root mean square distance
   */
  public record Typical(Examples.Image image, String sha256, double distance) {}

  /** Its share of the class's images. */
  public double share() {
    return (double) own.images / (own.images + rest.images);
  }

  /** The split that told it from the group before. */
  public Optional<StrategyTree.Split> split() {
    return path.isEmpty() ? Optional.empty() : Optional.of(path.get(path.size() - 1));
  }

  /** How clearly it is apart, 0 to 1. */
  public double separation() {
    return split().map(StrategyTree.Split::separation).orElse(0.0);
  }

  /** How much less often the peak lies on an object than in the others; 0 if that may be chance. */
  public double offObject() {
    return surely(own.onObject, own.judged, rest.onObject, rest.judged)
        ? Math.max(0, rest.hits() - own.hits())
        : 0;
  }

  /** How much its accuracy differs from that of the others; 0 if that may be chance. */
  public double accuracyGap() {
    return surely(own.right, own.labelled, rest.right, rest.labelled)
        ? Math.abs(rest.accuracy() - own.accuracy())
        : 0;
  }

  /** Whether two shares differ by more than chance (Fisher). */
  static boolean surely(long hits, long n, long otherHits, long otherN) {
    return n > 0 && otherN > 0 && FisherTest.p(hits, n, otherHits, otherN) <= SURE;
  }

  /**
   * How much it looks like a way of its own to the class, 0 to 1: how clearly it is apart, times
   * what is odd about it, the largest of: how small its share is, how much less often the peak lies
   * on an object, and how much the accuracy differs.
   */
  public double suspicion() {
    return separation() * Math.max(1 - share(), Math.max(offObject(), accuracyGap()));
  }
}
