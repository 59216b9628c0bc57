package io.camatlas.explain;

/**
 * An image that is ready for the device.
 *
 * @param image its name and label
 * @param decoded the image that was read
 * @param pixels its pixels
 * @param marked 1 where a cell of the scores' grid is marked, else 0; null if all are read
 */
public record PreparedImage(NamedImage image, DecodedImage decoded, Pixels pixels, float[] marked)
    implements Preparation.Result {

  /** An image all of whose pixels' scores are read. */
  public PreparedImage(NamedImage image, DecodedImage decoded, Pixels pixels) {
    this(image, decoded, pixels, null);
  }

  ImageOutcome.Skipped skipped(ImageOutcome.Stage stage, String reason, Exception cause) {
    return skipped(stage, reason, String.valueOf(cause.getMessage()));
  }

  ImageOutcome.Skipped skipped(ImageOutcome.Stage stage, String reason, String detail) {
    return new ImageOutcome.Skipped(image, stage, reason, detail);
  }
}
