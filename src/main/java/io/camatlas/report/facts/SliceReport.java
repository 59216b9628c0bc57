package io.camatlas.report.facts;

import io.camatlas.atlas.SliceMeasure;

/**
 * Images that have something in common, beside all others of their class.
 *
 * @param classIndex index of the class; -1 for all classes
 * @param trait what they have in common
 * @param images number of images
 * @param measure what is compared
 * @param n images that were measured
 * @param mean their mean, or share
 * @param restN other images that were measured
 * @param restMean their mean, or share
 * @param low lower end of the 95 % interval of the difference
 * @param high upper end
 * @param q of all groups with a q this small together, at most this share is expected to be chance
 */
public record SliceReport(
    int classIndex,
    Trait trait,
    long images,
    SliceMeasure measure,
    long n,
    double mean,
    long restN,
    double restMean,
    double low,
    double high,
    double q) {
  /** Fewer images are called few. */
  public static final long FEW = 20;

  /**
   * What images have in common.
   *
   * @param ofPicture whether it is known from the picture itself, and not from the images' source
   * @param name name of a column
   * @param value its value, or a range
   */
  public record Trait(boolean ofPicture, String name, String value) {
    /** The name for people. */
    public String words() {
      return ofPicture ? name.replace('_', ' ').replace("jpeg", "JPEG") : name;
    }
  }

  /** The largest q of a sure difference. */
  private static final double SURE = 0.05;

  /** Whether the difference is more than chance. */
  public boolean isSure() {
    return q <= SURE;
  }

  /** Whether the others of one are the images of the other. */
  boolean isOtherSideOf(SliceReport other) {
    return classIndex == other.classIndex
        && measure == other.measure
        && trait.ofPicture == other.trait.ofPicture
        && trait.name.equals(other.trait.name)
        && n == other.restN
        && restN == other.n
        && !trait.value.equals(other.trait.value);
  }

  /** Whether one of the two groups is small. */
  public boolean isFew() {
    return Math.min(n, restN) < FEW;
  }

  /** Mean of the images less that of the others. */
  public double difference() {
    return mean - restMean;
  }

  /** Whether the measure is a share, or between 0 and 1 in another way. */
  public boolean isShare() {
    return switch (measure) {
      case ACCURACY, CONFIDENCE, POINTING, BORDER_MASS -> true;
      case ENTROPY_NATS, SPREAD -> false;
    };
  }
}
