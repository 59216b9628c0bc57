package io.camatlas.image;

/**
 * The layout of decoded pixels in an array, as in OpenCV and Spark's image source: 8-bit samples
 * from 0 to 255, interleaved, row by row from the top; either grey, or blue, green, red, or these
 * three and alpha.
 *
 * @param width pixels in a row
 * @param height rows
 * @param channels samples per pixel: 1, 3 or 4
 */
public record PixelLayout(int width, int height, int channels) {

  long pixels() {
    return (long) width * height;
  }

  /** The colours as for a decoded file: alpha dropped and not blended. */
  RgbImage rgb(byte[] samples) throws ImageException {
    if (width < 1 || height < 1 || (channels != 1 && channels != 3 && channels != 4)) {
      throw new ImageException(
          ImageProblem.UNDECODABLE,
          "The image is %dx%d with %d channels; both sides must be at least 1 and channels 1, 3 or 4."
              .formatted(width, height, channels));
    }
    if (samples.length != pixels() * channels) {
      throw new ImageException(
          samples.length < pixels() * channels ? ImageProblem.TRUNCATED : ImageProblem.UNDECODABLE,
          "The image is %dx%d with %d channels, but has %d bytes; it must have %d."
              .formatted(width, height, channels, samples.length, pixels() * channels));
    }
    byte[] rgb = new byte[(int) (3 * pixels())];
    int green = channels == 1 ? 0 : 1;
    int red = channels == 1 ? 0 : 2;
    for (int in = 0, out = 0; in < samples.length; in += channels) {
      rgb[out++] = samples[in + red];
      rgb[out++] = samples[in + green];
      rgb[out++] = samples[in];
    }
    return new RgbImage(width, height, rgb);
  }
}
