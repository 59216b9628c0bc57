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
  /**
   * Whether a confidence lies between the edges, rounded outwards to a tenth of a percent: so pages
   * filter images, which may count an image at an edge on both of its sides.
   */
  public boolean nearlyHolds(double of) {
    return of >= Math.floor(1000 * low + 1e-6) / 1000 && of <= Math.ceil(1000 * high - 1e-6) / 1000;
  }
}
