package io.camatlas.image;

/**
 * Antialiased resizing as Pillow does it: rows first, then columns, 8 bits between the two, weights
 * as integers of 22 bits, so that results equal those of the transforms that models were trained
 * with.
 *
 * <p>Only the part that a crop keeps is computed. Buffers are reused; not thread-safe.
 */
final class Resampler {
  private static final int PRECISION_BITS = 32 - 8 - 2;

  private byte[] between = new byte[0];

  /** For each output position the first input position and the weights from there on. */
  private record Axis(int[] starts, int[][] weights) {
    static Axis of(int in, int out, int from, int count, Interpolation filter) {
      double scale = (double) in / out;
      double filterScale = Math.max(scale, 1);
      double support = filter.radius() * filterScale;
      int[] starts = new int[count];
      int[][] weights = new int[count][];
      for (int i = 0; i < count; i++) {
        double centre = (from + i + 0.5) * scale;
        int start = Math.max(0, (int) (centre - support + 0.5));
        int end = Math.min(in, (int) (centre + support + 0.5));
        double[] exact = new double[Math.max(0, end - start)];
        double sum = 0;
        for (int x = 0; x < exact.length; x++) {
          exact[x] = filter.weight((x + start - centre + 0.5) * (1 / filterScale));
          sum += exact[x];
        }
        int[] fixed = new int[exact.length];
        for (int x = 0; x < exact.length; x++) {
          double share = sum == 0 ? exact[x] : exact[x] / sum;
          double scaled = share * (1 << PRECISION_BITS);
          fixed[x] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
        starts[i] = start;
        weights[i] = fixed;
      }
      return new Axis(starts, weights);
    }
  }

  /**
   * Resizes to {@code width x height} and keeps a window of the result.
   *
   * @param target receives {@code 3·windowWidth·windowHeight} bytes
   */
  void resize(
      RgbImage image,
      int width,
      int height,
      Interpolation filter,
      int windowX,
      int windowY,
      int windowWidth,
      int windowHeight,
      byte[] target) {
    Axis columns = Axis.of(image.width(), width, windowX, windowWidth, filter);
    Axis rows = Axis.of(image.height(), height, windowY, windowHeight, filter);
    int firstRow = Integer.MAX_VALUE;
    int lastRow = 0;
    for (int i = 0; i < windowHeight; i++) {
      firstRow = Math.min(firstRow, rows.starts[i]);
      lastRow = Math.max(lastRow, rows.starts[i] + rows.weights[i].length);
    }
    byte[] source = image.rgb();
    int sourceStride = 3 * image.width();
    byte[] middle = source;
    int middleStride = sourceStride;
    int middleFirst = 0;
    // Pillow leaves an axis alone that keeps its size; here a window of it may still be taken.
    if (width != image.width() || windowX != 0 || windowWidth != width) {
      middleStride = 3 * windowWidth;
      middleFirst = firstRow;
      int needed = middleStride * (lastRow - firstRow);
      if (between.length < needed) {
        between = new byte[needed];
      }
      middle = between;
      for (int y = firstRow; y < lastRow; y++) {
        horizontal(source, y * sourceStride, columns, middle, (y - firstRow) * middleStride);
      }
    }
    for (int y = 0; y < windowHeight; y++) {
      vertical(
          middle,
          (rows.starts[y] - middleFirst) * middleStride,
          middleStride,
          rows.weights[y],
          target,
          y * 3 * windowWidth);
    }
  }

  private static void horizontal(byte[] in, int inAt, Axis columns, byte[] out, int outAt) {
    int at = outAt;
    for (int x = 0; x < columns.starts.length; x++) {
      int[] weights = columns.weights[x];
      int from = inAt + 3 * columns.starts[x];
      int red = 1 << (PRECISION_BITS - 1);
      int green = red;
      int blue = red;
      for (int weight : weights) {
        red += (in[from] & 0xff) * weight;
        green += (in[from + 1] & 0xff) * weight;
        blue += (in[from + 2] & 0xff) * weight;
        from += 3;
      }
      out[at] = clip(red);
      out[at + 1] = clip(green);
      out[at + 2] = clip(blue);
      at += 3;
    }
  }

  private static void vertical(
      byte[] in, int inAt, int stride, int[] weights, byte[] out, int outAt) {
    for (int x = 0; x < stride; x++) {
      int sum = 1 << (PRECISION_BITS - 1);
      int from = inAt + x;
      for (int weight : weights) {
        sum += (in[from] & 0xff) * weight;
        from += stride;
      }
      out[outAt + x] = clip(sum);
    }
  }

  private static byte clip(int sum) {
    int value = sum >> PRECISION_BITS;
    return (byte) (value < 0 ? 0 : Math.min(value, 255));
  }
}
