package io.camatlas.image;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Looks for many small pictures in another one, by the normalised cross-correlation of each with
 * each place (OpenCV's {@code TM_CCOEFF_NORMED}). All are looked for at once, as one product of
 * matrices for each row of places, which takes less time than one by one.
 */
final class TemplateMatch {
  /** Near the mean of pictures, so that sums stay small. */
  private static final int GREY = 128;

  static {
    // Callers have a task on each core.
    openblas.blas_set_num_threads(1);
  }

  private TemplateMatch() {}

  /**
   * How alike each part is to the place that is most alike.
   *
   * @param parts of one size; at least one
   * @param within as large as they are, or larger
   * @return correlations about the mean of each channel, -1 to 1; 0 for parts of one colour
   */
  static double[] best(List<RgbImage> parts, RgbImage within) {
    int width = parts.get(0).width();
    int height = parts.get(0).height();
    int size = 3 * width * height;
    int columns = within.width() - width + 1;
    int rows = within.height() - height + 1;
    double[] best = new double[parts.size()];
    Arrays.fill(best, -1);
    float[] all = new float[parts.size() * size];
    for (int i = 0; i < parts.size(); i++) {
      standardise(parts.get(i).rgb(), all, i * size);
    }
    float[] places = new float[columns * size];
    double[] norms = new double[columns];
    float[] products = new float[parts.size() * columns];
    try (FloatPointer templates = new FloatPointer(all);
        FloatPointer row = new FloatPointer((long) places.length);
        FloatPointer found = new FloatPointer((long) products.length)) {
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          norms[x] = place(within, x, y, width, height, places, x * size);
        }
        row.put(places);
        openblas.cblas_sgemm(
            openblas.CblasRowMajor,
            openblas.CblasNoTrans,
            openblas.CblasTrans,
            parts.size(),
            columns,
            size,
            1,
            templates,
            size,
            row,
            size,
            0,
            found,
            columns);
        found.get(products);
        for (int i = 0; i < best.length; i++) {
          for (int x = 0; x < columns; x++) {
            double correlation = norms[x] > 0 ? products[i * columns + x] / norms[x] : 0;
            best[i] = Math.max(best[i], correlation);
          }
        }
      }
    }
    return best;
  }

  /** Less the mean of each channel, and divided by the norm of what is left. */
  private static void standardise(byte[] rgb, float[] to, int from) {
    double squares = 0;
    for (int channel = 0; channel < 3; channel++) {
      long sum = 0;
      for (int i = channel; i < rgb.length; i += 3) {
        sum += rgb[i] & 0xff;
      }
      double mean = 3.0 * sum / rgb.length;
      for (int i = channel; i < rgb.length; i += 3) {
        double value = (rgb[i] & 0xff) - mean;
        to[from + i] = (float) value;
        squares += value * value;
      }
    }
    double norm = Math.sqrt(squares);
    for (int i = 0; i < rgb.length && norm > 0; i++) {
      to[from + i] /= (float) norm;
    }
  }

  /**
   * Copies a place, and gives its norm about the mean of each channel. The mean need not be taken
   * off: that of the parts is zero.
   */
  private static double place(
      RgbImage image, int left, int top, int width, int height, float[] to, int from) {
    byte[] rgb = image.rgb();
    long[] sums = new long[3];
    long squares = 0;
    int at = from;
    for (int y = top; y < top + height; y++) {
      int in = 3 * (y * image.width() + left);
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int value = (rgb[in++] & 0xff) - GREY;
          sums[channel] += value;
          squares += (long) value * value;
          to[at++] = value;
        }
      }
    }
    double norm = squares;
    for (long sum : sums) {
      norm -= (double) sum * sum / (width * height);
    }
    return Math.sqrt(Math.max(0, norm));
  }
}
