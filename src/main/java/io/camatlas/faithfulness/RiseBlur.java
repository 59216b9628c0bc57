package io.camatlas.faithfulness;

/**
 * The blur that insertion starts from, as in RISE's published code (github.com/eclique/RISE). The
 * kernel is {@code scipy.ndimage.gaussian_filter} with sigma 5, applied to an 11x11 array of zeros
 * with a one in the middle.
 *
 * <p>SciPy truncates the Gaussian at four sigma and reflects at the edges of the array, so what
 * would lie outside is folded back: the kernel sums to 1 and is flatter than a Gaussian. Beyond the
 * image the input counts as 0, as in the published convolution.
 */
final class RiseBlur {
  /** Number of pixels on each side of the middle. */
  static final int RADIUS = 5;

  private static final double SIGMA = 5;
  private static final int CUT = 20;

  private RiseBlur() {}

  /** The kernel's factor along one axis; the kernel is its outer product with itself. */
  static double[] kernel() {
    int length = 2 * RADIUS + 1;
    double[] gaussian = new double[2 * CUT + 1];
    double sum = 0;
    for (int i = 0; i < gaussian.length; i++) {
      double x = (i - CUT) / SIGMA;
      gaussian[i] = Math.exp(-0.5 * x * x);
      sum += gaussian[i];
    }
    double[] kernel = new double[length];
    for (int at = 0; at < length; at++) {
      for (int i = 0; i < gaussian.length; i++) {
        int folded = Math.floorMod(at + i - CUT, 2 * length);
        if (Math.min(folded, 2 * length - 1 - folded) == RADIUS) {
          kernel[at] += gaussian[i] / sum;
        }
      }
    }
    return kernel;
  }

  /**
   * Blurs every plane.
   *
   * @param image {@code [planes,height,width]}
   * @return the blurred planes, {@code [planes,height,width]}
   */
  static float[] apply(float[] image, int planes, int height, int width) {
    double[] kernel = kernel();
    float[] blurred = new float[image.length];
    double[] across = new double[height * width];
    for (int plane = 0; plane < planes; plane++) {
      int start = plane * height * width;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double sum = 0;
          int last = Math.min(width - 1, x + RADIUS);
          for (int from = Math.max(0, x - RADIUS); from <= last; from++) {
            sum += kernel[from - x + RADIUS] * image[start + y * width + from];
          }
          across[y * width + x] = sum;
        }
      }
      for (int y = 0; y < height; y++) {
        int last = Math.min(height - 1, y + RADIUS);
        for (int x = 0; x < width; x++) {
          double sum = 0;
          for (int from = Math.max(0, y - RADIUS); from <= last; from++) {
            sum += kernel[from - y + RADIUS] * across[from * width + x];
          }
          blurred[start + y * width + x] = (float) sum;
        }
      }
    }
    return blurred;
  }
}
