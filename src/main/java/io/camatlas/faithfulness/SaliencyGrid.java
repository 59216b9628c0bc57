package io.camatlas.faithfulness;

import java.util.SplittableRandom;

/**
 * A map on a layer's grid.
 *
 * @param values {@code [height,width]}, row-major, row 0 on top, finite and not negative; not
 *     copied
 * @param height rows
 * @param width columns
 */
public record SaliencyGrid(float[] values, int height, int width) {
  /** Standard deviation of {@link #centre}, as a fraction of the grid's sides. */
  static final double CENTRE_SIGMA = 0.25;

  /**
   * @throws IllegalArgumentException if the length is not {@code height * width}, a value is
   *     negative or not finite, or all are 0: a blank map marks nothing
   */
  public SaliencyGrid {
    if (height < 1 || width < 1 || values.length != height * width) {
      throw new IllegalArgumentException(
          "The map has %d values; a grid of %dx%d has %d."
              .formatted(values.length, height, width, height * width));
    }
    float most = 0;
    for (float value : values) {
      if (!(value >= 0 && value < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "The map contains " + value + "; values must be finite and at least 0.");
      }
      most = Math.max(most, value);
    }
    if (most == 0) {
      throw new IllegalArgumentException("The map is blank; it marks nothing. Leave it out.");
    }
  }

  /**
   * Uniform noise in (0, 1].
   *
   * @param seed the run's seed
   * @param sha256 hash of the image's bytes, in hexadecimal; identical images get identical noise
   */
  public static SaliencyGrid random(long seed, String sha256, int height, int width) {
    long image = Long.parseUnsignedLong(sha256.substring(0, 16), 16);
    SplittableRandom random = new SplittableRandom(image ^ new SplittableRandom(seed).nextLong());
    float[] values = new float[height * width];
    for (int i = 0; i < values.length; i++) {
      // 24 bits fill a float's mantissa; 1 is added because a grid of one cell must not be blank.
      values[i] = ((random.nextInt() >>> 8) + 1) / (float) (1 << 24);
    }
    return new SaliencyGrid(values, height, width);
  }

  /** A Gaussian in the middle, its standard deviation a quarter of each side. */
  public static SaliencyGrid centre(int height, int width) {
    float[] values = new float[height * width];
    for (int row = 0; row < height; row++) {
      double y = ((row + 0.5) / height - 0.5) / CENTRE_SIGMA;
      for (int column = 0; column < width; column++) {
        double x = ((column + 0.5) / width - 0.5) / CENTRE_SIGMA;
        values[row * width + column] = (float) Math.exp(-0.5 * (x * x + y * y));
      }
    }
    return new SaliencyGrid(values, height, width);
  }

  /**
   * The map on the network's input, divided by its maximum there: bilinear between the centres of
   * the cells, constant beyond the outermost centres.
   *
   * @return {@code [toHeight,toWidth]}, row-major, with maximum 1
   */
  public float[] upsampled(int toHeight, int toWidth) {
    int[] left = new int[toWidth];
    double[] right = new double[toWidth];
    for (int x = 0; x < toWidth; x++) {
      double at = place(x, toWidth, width);
      left[x] = (int) at;
      right[x] = at - left[x];
    }
    float[] plane = new float[toHeight * toWidth];
    float most = 0;
    for (int y = 0; y < toHeight; y++) {
      double at = place(y, toHeight, height);
      int top = (int) at;
      double below = at - top;
      int upper = top * width;
      int lower = Math.min(top + 1, height - 1) * width;
      for (int x = 0; x < toWidth; x++) {
        int near = left[x];
        int far = Math.min(near + 1, width - 1);
        double above = between(values[upper + near], values[upper + far], right[x]);
        double under = between(values[lower + near], values[lower + far], right[x]);
        float value = (float) between(above, under, below);
        plane[y * toWidth + x] = value;
        most = Math.max(most, value);
      }
    }
    for (int i = 0; i < plane.length; i++) {
      plane[i] /= most;
    }
    return plane;
  }

  private static double place(int pixel, int pixels, int cells) {
    return Math.max(0, Math.min(cells - 1.0, (pixel + 0.5) * cells / pixels - 0.5));
  }

  /**
   * In this form, interpolating between equal values gives that value exactly, so ties stay ties.
   */
  private static double between(double a, double b, double share) {
    return a + (b - a) * share;
  }
}
