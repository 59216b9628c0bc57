package io.camatlas.explain;

/**
 * An image that is ready for the device.
 *
 * @param image its name and label
 * @param decoded the image that was read
 * @param pixels its pixels
 */
public record PreparedImage(NamedImage image, DecodedImage decoded, Pixels pixels)
    implements Preparation.Result {

  ImageOutcome.Skipped skipped(ImageOutcome.Stage stage, String reason, Exception cause) {
    return skipped(stage, reason, String.valueOf(cause.getMessage()));
  }

  ImageOutcome.Skipped skipped(ImageOutcome.Stage stage, String reason, String detail) {
    return new ImageOutcome.Skipped(image, stage, reason, detail);
  }
}
