package io.camatlas.image;

import java.util.OptionalInt;

/**
 * What a picture is like as a whole, whatever it shows.
 *
 * <p>Measured at up to {@value #SIDE} x {@value #SIDE} evenly spaced pixels of the upright
 * original. Luma is 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), from 0 for black to 1 for
 * white.
 *
 * @param brightness mean luma, 0 to 1
 * @param contrast standard deviation of luma, 0 to 0.5
 * @param sharpness mean difference of luma between a pixel and those right of it and below it, 0 to
 *     1
 * @param greyness one minus the mean difference between a pixel's largest and smallest colour; 1 if
 *     the picture has no colour
 * @param jpegQuality 1 to 100, estimated from the file's quantisation table; empty if it is no JPEG
 */
public record PictureTraits(
    double brightness,
    double contrast,
    double sharpness,
    double greyness,
    OptionalInt jpegQuality) {
  private static final int SIDE = 128;
  private static final double WHITE = 255_000;

  /**
   * Measures a picture.
   *
   * @param file the bytes that it was decoded from
   */
  public static PictureTraits of(RgbImage picture, byte[] file) {
    int stepX = (picture.width() + SIDE - 1) / SIDE;
    int stepY = (picture.height() + SIDE - 1) / SIDE;
    long count = 0;
    long sum = 0;
    double squares = 0;
    long colours = 0;
    long steps = 0;
    long neighbours = 0;
    for (int y = stepY / 2; y < picture.height(); y += stepY) {
      for (int x = stepX / 2; x < picture.width(); x += stepX) {
        int luma = luma(picture, x, y);
        sum += luma;
        squares += (double) luma * luma;
        colours += colour(picture, x, y);
        count++;
        if (x + 1 < picture.width()) {
          steps += Math.abs(luma(picture, x + 1, y) - luma);
          neighbours++;
        }
        if (y + 1 < picture.height()) {
          steps += Math.abs(luma(picture, x, y + 1) - luma);
          neighbours++;
        }
      }
    }
    double mean = (double) sum / count;
    double variance = Math.max(0, squares / count - mean * mean);
    return new PictureTraits(
        mean / WHITE,
        Math.sqrt(variance) / WHITE,
        neighbours == 0 ? 0 : steps / (WHITE * neighbours),
        1 - colours / (255.0 * count),
        JpegQuality.of(file));
  }

  private static int at(RgbImage picture, int x, int y) {
    return 3 * (y * picture.width() + x);
  }

  /** 0 to 255,000. */
  private static int luma(RgbImage picture, int x, int y) {
    byte[] rgb = picture.rgb();
    int at = at(picture, x, y);
    return 299 * (rgb[at] & 0xff) + 587 * (rgb[at + 1] & 0xff) + 114 * (rgb[at + 2] & 0xff);
  }

  private static int colour(RgbImage picture, int x, int y) {
    byte[] rgb = picture.rgb();
    int at = at(picture, x, y);
    int red = rgb[at] & 0xff;
    int green = rgb[at + 1] & 0xff;
    int blue = rgb[at + 2] & 0xff;
    return Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue));
  }
}
