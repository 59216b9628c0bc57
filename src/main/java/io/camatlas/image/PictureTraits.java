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
    byte[] rgb = picture.rgb();
    int width = picture.width();
    int height = picture.height();
    int stepX = (width + SIDE - 1) / SIDE;
    int stepY = (height + SIDE - 1) / SIDE;
    long count = 0;
    long sum = 0;
    double squares = 0;
    long colours = 0;
    long steps = 0;
    long neighbours = 0;
    for (int y = stepY / 2; y < height; y += stepY) {
      int at = 3 * (y * width + stepX / 2);
      for (int x = stepX / 2; x < width; x += stepX, at += 3 * stepX) {
        int red = rgb[at] & 0xff;
        int green = rgb[at + 1] & 0xff;
        int blue = rgb[at + 2] & 0xff;
        int luma = luma(red, green, blue);
        sum += luma;
        squares += (double) luma * luma;
        colours += Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue));
        count++;
        if (x + 1 < width) {
          steps += Math.abs(luma(rgb, at + 3) - luma);
          neighbours++;
        }
        if (y + 1 < height) {
          steps += Math.abs(luma(rgb, at + 3 * width) - luma);
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

  private static int luma(byte[] rgb, int at) {
    return luma(rgb[at] & 0xff, rgb[at + 1] & 0xff, rgb[at + 2] & 0xff);
  }

  /** 0 to 255,000. */
  private static int luma(int red, int green, int blue) {
    return 299 * red + 587 * green + 114 * blue;
  }
}
