package io.camatlas.explain;

import io.camatlas.image.PixelMapping;

/**
 * An image that is ready for the device.
 *
 * @param input as it was given
 * @param sha256 of the bytes that were read, in hexadecimal
 * @param noiseKey the hash's first eight bytes: equal files get equal noise, wherever they lie
 * @param width of the upright original, in pixels
 * @param height of the upright original, in pixels
 * @param mapping from the network's input back to the original
 * @param pixels {@code [C,H,W]}, normalised
 */
public record PreparedImage(
    ImageInput input,
    String sha256,
    long noiseKey,
    int width,
    int height,
    PixelMapping mapping,
    float[] pixels)
    implements Preparation.Result {

  ImageOutcome.Skipped skipped(ImageOutcome.Stage stage, String reason, Exception cause) {
    return skipped(stage, reason, String.valueOf(cause.getMessage()));
  }

  ImageOutcome.Skipped skipped(ImageOutcome.Stage stage, String reason, String detail) {
    return new ImageOutcome.Skipped(input.id(), input.path(), input.label(), stage, reason, detail);
  }
}
