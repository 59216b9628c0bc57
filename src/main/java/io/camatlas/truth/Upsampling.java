package io.camatlas.truth;

/**
 * Bilinear resizing with half-pixel centres and clamped edges, as OpenCV's {@code INTER_LINEAR} and
 * PyTorch's {@code interpolate(mode="bilinear", align_corners=False)} do it: pixel i of n reads the
 * source at {@code (i + 0.5) * size / n - 0.5}, clamped to the nearest end if that lies outside.
 */
final class Upsampling {
  private Upsampling() {}

  /**
   * Enlarges or shrinks a map.
   *
   * @param map {@code [height,width]}, row-major
   * @return {@code [toHeight,toWidth]}, row-major
   */
  static double[] bilinear(float[] map, int height, int width, int toHeight, int toWidth) {
    Taps columns = Taps.of(width, toWidth);
    Taps rows = Taps.of(height, toHeight);
    double[] wide = new double[height * toWidth];
    for (int r = 0; r < height; r++) {
      for (int x = 0; x < toWidth; x++) {
        double a = map[r * width + columns.first[x]];
        double b = map[r * width + columns.second[x]];
        wide[r * toWidth + x] = a + (b - a) * columns.share[x];
      }
    }
    double[] plane = new double[toHeight * toWidth];
    for (int y = 0; y < toHeight; y++) {
      int above = rows.first[y] * toWidth;
      int below = rows.second[y] * toWidth;
      for (int x = 0; x < toWidth; x++) {
        double a = wide[above + x];
        plane[y * toWidth + x] = a + (wide[below + x] - a) * rows.share[y];
      }
    }
    return plane;
  }

  /** Along one side: the two cells that each pixel mixes, and the weight of the second. */
  private record Taps(int[] first, int[] second, double[] share) {
    static Taps of(int size, int toSize) {
      Taps taps = new Taps(new int[toSize], new int[toSize], new double[toSize]);
      double scale = (double) size / toSize;
      for (int i = 0; i < toSize; i++) {
        double at = Math.max(0, Math.min(size - 1, (i + 0.5) * scale - 0.5));
        int cell = (int) at;
        taps.first[i] = cell;
        taps.second[i] = Math.min(cell + 1, size - 1);
        taps.share[i] = at - cell;
      }
      return taps;
    }
  }
}
