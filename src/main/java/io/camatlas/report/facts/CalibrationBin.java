package io.camatlas.report.facts;

/**
 * A bin of confidence.
 *
 * @param low edge
 * @param high edge
 * @param n images
 * @param accuracy share right
 * @param confidence mean probability of the predicted class
 */
public record CalibrationBin(double low, double high, long n, double accuracy, double confidence) {}
