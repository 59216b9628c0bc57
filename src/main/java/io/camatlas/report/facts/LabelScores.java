package io.camatlas.report.facts;

import java.util.List;

/**
 * How well the model says whether images have a label, where images may have several. Numbers are
 * NaN where they are not defined.
 *
 * @param labelled images with the label
 * @param without images without it
 * @param unknown images of which that is not known
 * @param said images, with or without the label, of which the model says that they have it
 * @param found images with the label of which the model says so
 * @param sensitivity share of the images with the label that are found
 * @param specificity share of the images without the label of which the model does not say it
 * @param auroc how often an image with the label has a higher probability than one without
 * @param probability mean probability of the label
 * @param calibrationError expected calibration error of the label
 * @param calibration images by their probability; {@code accuracy} is the share with the label
 */
public record LabelScores(
    long labelled,
    long without,
    long unknown,
    long said,
    long found,
    Estimate sensitivity,
    Estimate specificity,
    Estimate auroc,
    double probability,
    double calibrationError,
    List<CalibrationBin> calibration) {
  /** A number with the ends of its 95 % interval. */
  public record Estimate(double value, double low, double high) {}

  /** Images of which it is known whether they have the label. */
  public long known() {
    return labelled + without;
  }

  public LabelScores {
    calibration = List.copyOf(calibration);
  }
}
