package io.camatlas.atlas;

import java.util.stream.Stream;

/** What is compared between some images of a class and the others. */
public enum SliceMeasure {
  /** Whether the prediction is right; images without a label do not count. */
  ACCURACY("accuracy", true),
  /** Probability of the predicted class. */
  CONFIDENCE("confidence", false),
  /** Whether the map's peak lies on an object; images without annotations do not count. */
  POINTING("pointing", true),
  /** Entropy of the map, in nats; blank maps do not count here and below. */
  ENTROPY_NATS("entropy_nats", false),
  /** Spread of the map. */
  SPREAD("spread", false),
  /** Share of the map within 10 % of an edge. */
  BORDER_MASS("border_mass", false);

  private final String text;
  private final boolean isShare;

  SliceMeasure(String text, boolean isShare) {
    this.text = text;
    this.isShare = isShare;
  }

  /** Whether each image either has it or not, so that its mean is a share. */
  public boolean isShare() {
    return isShare;
  }

  /** The name in tables. */
  public String text() {
    return text;
  }

  /**
   * The measure of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static SliceMeasure of(String text) {
    return Stream.of(values())
        .filter(measure -> measure.text.equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("No measure is called '" + text + "'."));
  }

  /** All measures of an image, in order; NaN where there is none. */
  static double[] all(ExplainedRow row) {
    return Stream.of(values()).mapToDouble(measure -> measure.of(row)).toArray();
  }

  /**
   * The measures of an image that has a label which was not explained, in order.
   *
   * @param isRight whether the network says that the image has the label
   * @param confidence the probability that it has
   */
  static double[] unexplained(boolean isRight, double confidence) {
    return Stream.of(values())
        .mapToDouble(
            measure ->
                switch (measure) {
                  case ACCURACY -> isRight ? 1 : 0;
                  case CONFIDENCE -> confidence;
                  default -> Double.NaN;
                })
        .toArray();
  }

  double of(ExplainedRow row) {
    return switch (this) {
      case ACCURACY -> row.said().right() == null ? Double.NaN : row.said().isRight() ? 1 : 0;
      case CONFIDENCE -> row.said().confidence();
      case POINTING ->
          row.context().onObject() == null ? Double.NaN : row.context().onObject() ? 1 : 0;
      case ENTROPY_NATS -> row.measures().entropyNats();
      case SPREAD -> row.measures().spread();
      case BORDER_MASS -> row.measures().borderMass();
    };
  }
}
