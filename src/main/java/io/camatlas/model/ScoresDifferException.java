package io.camatlas.model;

import ai.djl.Device;
import java.util.Locale;

/** A probed network that does not say of images what the model as it came says of them. */
public final class ScoresDifferException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private ScoresDifferException(String message) {
    super(message);
  }

  /** A device that does not give the scores that were computed elsewhere. */
  static ScoresDifferException onDevice(double difference, double tolerance, Device device) {
    return new ScoresDifferException(
        String.format(
            Locale.ROOT,
            "The model gives other scores on %s than where it was prepared, by %.2g of the largest"
                + " score, where rounding explains %.2g; the device, its driver or its libraries"
                + " are at fault. Take it out of the cluster.",
            device,
            difference,
            tolerance));
  }

  /**
   * Scores of an image that depend on the images beside it.
   *
   * @param difference of the image's scores among others and by itself, as a share of the largest
   *     score
   * @param tolerance the largest difference that rounding may make
   * @param device where both ran
   */
  public static ScoresDifferException besideOthers(
      double difference, double tolerance, Device device) {
    return new ScoresDifferException(
        String.format(
            Locale.ROOT,
            "The model gives an image other scores among others than by itself on %s, by %.2g of"
                + " the largest score, where rounding explains %.2g; so its scores depend on the"
                + " other images of the batch. Set `batch` to 1.",
            device,
            difference,
            tolerance));
  }

  /**
   * Says by how much.
   *
   * @param difference the largest difference of two scores, as a share of the largest score
   * @param tolerance the largest difference that rounding may make
   * @param device where both ran
   */
  public ScoresDifferException(double difference, double tolerance, Device device) {
    super(
        String.format(
            Locale.ROOT,
            "Scores of the probed model differ from the model's own on %s by %.2g of the largest"
                + " score, where rounding explains %.2g; maps would explain another model. Choose"
                + " another layer, or report this, with the archive's code folder.",
            device,
            difference,
            tolerance));
  }
}
