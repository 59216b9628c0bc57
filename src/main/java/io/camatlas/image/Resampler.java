package io.camatlas.image;

import java.util.Arrays;

/**
 * Pillow's resize of 8-bit pictures, to the last bit: columns first, then rows, or the other way
 * round ({@link ResizeAs}); weights with 22 fractional bits, values rounded to 8 bits in between
 * (libImaging/Resample.c). Only what the crop shows is computed.
 *
 * <p>Pillow keeps the whole picture between the passes. Here each source row is resized and
 * immediately added to the output rows it contributes to, or each output row is summed up and
 * immediately resized; integer sums do not depend on their order, and memory does not grow with the
 * picture. There is one instance per thread, which reuses its buffers.
 */
final class Resampler {
  private static final ThreadLocal<Resampler> PER_THREAD = ThreadLocal.withInitial(Resampler::new);

  private static final int FRACTION = ResizeTables.FRACTION;

  /** Taps of most reductions by less than two. */
  private static final int FEW = 4;

  private static final int HALF = 1 << (FRACTION - 1);

  private final Weights columns = new Weights();
  private final Weights rows = new Weights();
  private int[] squeezed = {};
  private int[] sums = {};
  private int[] grey = {};
  private byte[] line = {};

  private Resampler() {}

  static Resampler ofThisThread() {
    return PER_THREAD.get();
  }

  void resample(
      RgbImage image,
      Interpolation filter,
      ResizeAs as,
      ChannelOrder order,
      PixelMapping mapping,
      float[][] levels,
      float[] target,
      int offset) {
    int inputWidth = mapping.inputWidth();
    int inputHeight = mapping.inputHeight();
    prepare(filter, mapping);
    int x0 = columns.at;
    int y0 = rows.at;
    int x1 = x0 + columns.count;
    int y1 = y0 + rows.count;

    int channels = order.channels();
    int rowLength = channels * (x1 - x0);
    squeezed = ofLength(squeezed, rowLength);
    sums = ofLength(sums, rowLength * (y1 - y0));
    if (channels == 1) {
      grey = ofLength(grey, image.width());
    }

    if (as.rowsFirst(mapping)) {
      rowsFirst(image, channels, rowLength);
    } else {
      columnsFirst(image, channels, rowLength);
    }

    int plane = inputWidth * inputHeight;
    boolean padded = rowLength * (y1 - y0) < channels * plane;
    for (int c = 0; c < channels; c++) {
      float[] level = levels[c];
      int from = order == ChannelOrder.BGR ? 2 - c : c;
      int to = offset + c * plane;
      if (padded) {
        Arrays.fill(target, to, to + plane, level[0]);
      }
      for (int y = y0; y < y1; y++) {
        int in = (y - y0) * rowLength + from;
        int out = to + y * inputWidth;
        for (int x = x0; x < x1; x++, in += channels) {
          target[out + x] = level[rounded(sums[in])];
        }
      }
    }
  }

  private void prepare(Interpolation filter, PixelMapping mapping) {
    columns.prepare(
        filter, mapping.width(), mapping.resizedWidth(), mapping.left(), mapping.inputWidth());
    rows.prepare(
        filter, mapping.height(), mapping.resizedHeight(), mapping.top(), mapping.inputHeight());
  }

  /** The sums that {@link #resample} computes. */
  ResizeTables tables(Interpolation filter, ResizeAs as, PixelMapping mapping) {
    prepare(filter, mapping);
    return new ResizeTables(
        new ResizeTables.Taps(columns.taps, rows.taps),
        columns.table(mapping.inputWidth()),
        rows.table(mapping.inputHeight()),
        as.rowsFirst(mapping));
  }

  private void columnsFirst(RgbImage image, int channels, int rowLength) {
    Arrays.fill(sums, 0, rowLength * rows.count, HALF);
    int first = 0;
    for (int y = rows.starts[0]; y < rows.end(rows.count - 1); y++) {
      if (channels == 1) {
        toGrey(image.rgb(), 3 * y * image.width());
        squeezeGrey();
      } else {
        squeezeRgb(image.rgb(), 3 * y * image.width());
      }
      while (rows.end(first) <= y) {
        first++;
      }
      for (int out = first; out < rows.count && rows.starts[out] <= y; out++) {
        addRow(squeezed, rows.at(out, y), sums, out * rowLength, rowLength);
      }
    }
  }

  private void rowsFirst(RgbImage image, int channels, int rowLength) {
    int from = columns.starts[0];
    int length = columns.end(columns.count - 1) - from;
    int[] tall = new int[3 * length];
    byte[] rgb = image.rgb();
    line = line.length >= 3 * image.width() ? line : new byte[3 * image.width()];
    for (int out = 0; out < rows.count; out++) {
      Arrays.fill(tall, 0, channels * length, HALF);
      for (int y = rows.starts[out]; y < rows.end(out); y++) {
        int weight = rows.at(out, y);
        if (channels == 1) {
          toGrey(rgb, 3 * y * image.width());
          for (int x = 0; x < length; x++) {
            tall[x] += weight * grey[from + x];
          }
        } else {
          int in = 3 * (y * image.width() + from);
          for (int i = 0; i < 3 * length; i++) {
            tall[i] += weight * (rgb[in + i] & 0xff);
          }
        }
      }
      if (channels == 1) {
        for (int x = 0; x < length; x++) {
          grey[from + x] = rounded(tall[x]);
        }
        squeezeGrey();
      } else {
        for (int i = 0; i < 3 * length; i++) {
          line[3 * from + i] = (byte) rounded(tall[i]);
        }
        squeezeRgb(line, 0);
      }
      for (int i = 0; i < rowLength; i++) {
        sums[out * rowLength + i] = squeezed[i] << FRACTION;
      }
    }
  }

  private void squeezeRgb(byte[] rgb, int row) {
    if (columns.taps == FEW) {
      squeezeFew(rgb, row, columns.count, columns.starts, columns.weights, squeezed);
      return;
    }
    int[] starts = columns.starts;
    int[] weights = columns.weights;
    int[] out = squeezed;
    for (int x = 0, o = 0; x < columns.count; x++, o += 3) {
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int in = row + 3 * starts[x];
      int w = x * columns.taps;
      for (int end = w + columns.taps; w < end; w++, in += 3) {
        int weight = weights[w];
        red += weight * (rgb[in] & 0xff);
        green += weight * (rgb[in + 1] & 0xff);
        blue += weight * (rgb[in + 2] & 0xff);
      }
      out[o] = rounded(red);
      out[o + 1] = rounded(green);
      out[o + 2] = rounded(blue);
    }
  }

  /** The same for {@link #FEW} taps, without an inner loop, which takes a third of the time. */
  private static void squeezeFew(
      byte[] rgb, int row, int count, int[] starts, int[] weights, int[] out) {
    for (int x = 0; x < count; x++) {
      int in = row + 3 * starts[x];
      int w = FEW * x;
      int w0 = weights[w];
      int w1 = weights[w + 1];
      int w2 = weights[w + 2];
      int w3 = weights[w + 3];
      int o = 3 * x;
      out[o] =
          rounded(
              HALF
                  + w0 * (rgb[in] & 0xff)
                  + w1 * (rgb[in + 3] & 0xff)
                  + w2 * (rgb[in + 6] & 0xff)
                  + w3 * (rgb[in + 9] & 0xff));
      out[o + 1] =
          rounded(
              HALF
                  + w0 * (rgb[in + 1] & 0xff)
                  + w1 * (rgb[in + 4] & 0xff)
                  + w2 * (rgb[in + 7] & 0xff)
                  + w3 * (rgb[in + 10] & 0xff));
      out[o + 2] =
          rounded(
              HALF
                  + w0 * (rgb[in + 2] & 0xff)
                  + w1 * (rgb[in + 5] & 0xff)
                  + w2 * (rgb[in + 8] & 0xff)
                  + w3 * (rgb[in + 11] & 0xff));
    }
  }

  private void toGrey(byte[] rgb, int row) {
    for (int x = columns.starts[0]; x < columns.end(columns.count - 1); x++) {
      int in = row + 3 * x;
      // Pillow's L24, in sixteen fractional bits.
      grey[x] =
          (19595 * (rgb[in] & 0xff)
                  + 38470 * (rgb[in + 1] & 0xff)
                  + 7471 * (rgb[in + 2] & 0xff)
                  + 0x8000)
              >> 16;
    }
  }

  private void squeezeGrey() {
    for (int x = 0; x < columns.count; x++) {
      int sum = HALF;
      int in = columns.starts[x];
      int w = x * columns.taps;
      for (int end = w + columns.taps; w < end; w++, in++) {
        sum += columns.weights[w] * grey[in];
      }
      squeezed[x] = rounded(sum);
    }
  }

  /** Kept small and branch-free so that the compiler uses vector instructions. */
  private static void addRow(int[] row, int weight, int[] sums, int at, int length) {
    for (int i = 0; i < length; i++) {
      sums[at + i] += weight * row[i];
    }
  }

  private static int rounded(int sum) {
    return Math.max(0, Math.min(255, sum >> FRACTION));
  }

  private static int[] ofLength(int[] buffer, int length) {
    return buffer.length >= length ? buffer : new int[length];
  }

  /**
   * The source pixels of each output pixel in one direction, with their weights. All outputs have
   * equally many, some with weights of zero, so that the loops over them are regular.
   */
  private static final class Weights {
    /** The first pixel of the input that is not padding, and how many there are. */
    private int at;

    private int count;
    private int taps;
    private int[] starts = {};
    private int[] weights = {};
    private double[] raw = {};

    /**
     * Computes weights for {@code crop} pixels from {@code from}, out of {@code outSize} that cover
     * {@code inSize} source pixels. Those outside are padding and have none.
     */
    void prepare(Interpolation filter, int inSize, int outSize, int from, int crop) {
      at = Math.max(0, -from);
      int outputs = Math.min(crop, outSize - from) - at;
      int first = at + from;
      double scale = (double) inSize / outSize;
      double widening = Math.max(scale, 1.0);
      double support = filter.support() * widening;
      double narrowing = 1.0 / widening;
      count = outputs;
      taps = 0;
      for (int i = 0; i < outputs; i++) {
        double center = (first + i + 0.5) * scale;
        taps = Math.max(taps, end(center, support, inSize) - start(center, support));
      }
      taps = taps <= FEW ? Math.min(FEW, inSize) : taps;
      starts = ofLength(starts, outputs);
      weights = ofLength(weights, outputs * taps);
      Arrays.fill(weights, 0, outputs * taps, 0);
      raw = raw.length >= taps ? raw : new double[taps];
      for (int i = 0; i < outputs; i++) {
        double center = (first + i + 0.5) * scale;
        int start = start(center, support);
        int length = end(center, support, inSize) - start;
        double sum = 0;
        for (int x = 0; x < length; x++) {
          raw[x] = filter.weight((x + start - center + 0.5) * narrowing);
          sum += raw[x];
        }
        starts[i] = Math.min(start, inSize - taps);
        int to = i * taps + start - starts[i];
        for (int x = 0; x < length; x++) {
          double weight = sum == 0 ? raw[x] : raw[x] / sum;
          weights[to + x] = (int) (Math.copySign(0.5, weight) + weight * (1 << FRACTION));
        }
      }
    }

    /** Source pixels and weights of {@code crop} pixels of the input, padding among them. */
    float[] table(int crop) {
      float[] table = new float[2 * crop * taps];
      for (int pixel = 0; pixel < crop; pixel++) {
        int output = pixel - at;
        boolean padding = output < 0 || output >= count;
        for (int tap = 0; tap < taps; tap++) {
          int to = pixel * taps + tap;
          table[to] = padding ? tap : starts[output] + tap;
          table[crop * taps + to] = padding ? 0 : weights[output * taps + tap];
        }
      }
      return table;
    }

    private static int start(double center, double support) {
      return Math.max(0, (int) (center - support + 0.5));
    }

    private static int end(double center, double support, int inSize) {
      return Math.min(inSize, (int) (center + support + 0.5));
    }

    /** One past the last source pixel of an output. */
    int end(int output) {
      return starts[output] + taps;
    }

    int at(int output, int source) {
      return weights[output * taps + source - starts[output]];
    }
  }
}
