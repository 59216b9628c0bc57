package io.camatlas.report.facts;

/**
 * A bin of predictions by confidence.
 *
 * @param low lower edge
 * @param high upper edge
 * @param n number of images
 * @param accuracy share predicted correctly
 * @param confidence mean probability of the predicted class
 */
public record CalibrationBin(double low, double high, long n, double accuracy, double confidence) {
  /** Whether a prediction belongs here; the last bin has its upper edge too. */
  public boolean holds(double of) {
    return of >= low && (of < high || high >= 1);
  }
}
