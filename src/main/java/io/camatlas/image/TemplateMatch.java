package io.camatlas.image;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Looks for many small pictures in others, by the normalised cross-correlation of each with each
 * place (OpenCV's {@code TM_CCOEFF_NORMED}). All are looked for at once, as products of matrices,
 * which take less time than one by one.
 */
final class TemplateMatch {
  /** Near the mean of pictures, so that sums stay small. */
  static final int GREY = 128;

  /** Where more places than one in so many could be alike, all correlations are made at once. */
  private static final int WORTH_ALL = 50;

  static {
    NativeMemory.liftLimit();
    // Callers have a task on each core.
    openblas.blas_set_num_threads(1);
  }

  private final int count;
  private final int width;
  private final int height;

  /**
   * A row for each part: less the mean of each channel, and divided by the norm of what is left.
   */
  private final FloatPointer templates;

  private final float[] parts;
  private final BlockBound bound;

  /**
   * Takes what is looked for.
   *
   * @param parts of one size; at least one
   */
  TemplateMatch(List<RgbImage> parts) {
    count = parts.size();
    width = parts.get(0).width();
    height = parts.get(0).height();
    int size = 3 * width * height;
    float[] all = new float[count * size];
    for (int i = 0; i < count; i++) {
      standardise(parts.get(i).rgb(), all, i * size);
    }
    this.parts = all;
    templates = new FloatPointer(all);
    bound = new BlockBound(all, count, width, height);
  }

  /**
   * Which of the parts are somewhere as alike as that.
   *
   * @param within as large as the parts are, or larger
   * @param least correlation, above 0
   */
  boolean[] found(RgbImage within, double least) {
    int columns = within.width() - width + 1;
    int rows = within.height() - height + 1;
    if (!bound.isOfUse() || columns * rows == 1) {
      return atLeast(best(within), least);
    }
    int places = columns * rows;
    double[] norms = norms(within, columns, rows);
    int[] possible = bound.possible(within, columns, rows, norms, least);
    if (possible.length > count * places / WORTH_ALL) {
      return atLeast(best(within), least);
    }
    boolean[] found = new boolean[count];
    for (int one : possible) {
      int part = one / places;
      int place = one % places;
      if (!found[part]) {
        double product = product(part, within, place % columns, place / columns);
        found[part] = product / norms[place] >= least;
      }
    }
    return found;
  }

  private static boolean[] atLeast(double[] correlations, double least) {
    boolean[] found = new boolean[correlations.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = correlations[i] >= least;
    }
    return found;
  }

  private double product(int part, RgbImage image, int x, int y) {
    int line = 3 * width;
    int at = part * line * height;
    double product = 0;
    for (int row = 0; row < height; row++) {
      int from = 3 * ((y + row) * image.width() + x);
      for (int i = 0; i < line; i++) {
        product += (double) parts[at++] * ((image.rgb()[from + i] & 0xff) - GREY);
      }
    }
    return product;
  }

  /**
   * How alike each part is to the place that is most alike.
   *
   * @param within as large as the parts are, or larger
   * @return correlations about the mean of each channel, -1 to 1; 0 for parts of one colour
   */
  double[] best(RgbImage within) {
    int size = 3 * width * height;
    int columns = within.width() - width + 1;
    int rows = within.height() - height + 1;
    // Strips of a part's width, one for each column: a place is a piece of one, wherever it lies.
    int line = 3 * width;
    int strip = line * within.height();
    float[] strips = strips(within, columns, line);
    double[] norms = norms(within, columns, rows);
    float[] products = new float[count * columns];
    double[] best = new double[count];
    Arrays.fill(best, -1);
    try (FloatPointer pixels = new FloatPointer(strips);
        FloatPointer found = new FloatPointer((long) products.length)) {
      for (int y = 0; y < rows; y++) {
        products(templates, pixels.position((long) y * line), strip, found, count, columns, size);
        found.get(products);
        for (int i = 0; i < count; i++) {
          for (int x = 0; x < columns; x++) {
            double norm = norms[y * columns + x];
            double correlation = norm > 0 ? products[i * columns + x] / norm : 0;
            best[i] = Math.max(best[i], correlation);
          }
        }
      }
      pixels.position(0);
    }
    return best;
  }

  /**
   * The product of each of some rows with each of others.
   *
   * @param rows {@code [n, length]}
   * @param others {@code [m, length]}
   * @param stride from one of the others to the next
   * @param products {@code [n, m]}
   */
  static void products(
      FloatPointer rows,
      FloatPointer others,
      int stride,
      FloatPointer products,
      int n,
      int m,
      int length) {
    openblas.cblas_sgemm(
        openblas.CblasRowMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        n,
        m,
        length,
        1,
        rows,
        length,
        others,
        stride,
        0,
        products,
        m);
  }

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

  /** For each column of places the pixels below it, row by row. */
  private static float[] strips(RgbImage image, int columns, int line) {
    float[] pixels = new float[image.rgb().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (image.rgb()[i] & 0xff) - GREY;
    }
    float[] strips = new float[columns * line * image.height()];
    int at = 0;
    for (int x = 0; x < columns; x++) {
      for (int y = 0; y < image.height(); y++) {
        System.arraycopy(pixels, 3 * (y * image.width() + x), strips, at, line);
        at += line;
      }
    }
    return strips;
  }

  /**
   * The norm of each place about the mean of each channel. The mean need not be taken off its
   * pixels: that of the parts is zero.
   */
  private double[] norms(RgbImage image, int columns, int rows) {
    // Sums over all pixels above and left: of each channel, and of the squares of all.
    int across = image.width() + 1;
    long[][] sums = new long[4][across * (image.height() + 1)];
    int in = 0;
    for (int y = 0; y < image.height(); y++) {
      long[] row = new long[4];
      for (int x = 0; x < image.width(); x++) {
        for (int channel = 0; channel < 3; channel++) {
          int value = (image.rgb()[in++] & 0xff) - GREY;
          row[channel] += value;
          row[3] += (long) value * value;
        }
        int at = (y + 1) * across + x + 1;
        for (int i = 0; i < 4; i++) {
          sums[i][at] = sums[i][at - across] + row[i];
        }
      }
    }
    double[] norms = new double[rows * columns];
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        int above = y * across + x;
        int below = above + height * across;
        double[] of = new double[4];
        for (int i = 0; i < 4; i++) {
          long[] all = sums[i];
          of[i] = all[below + width] - all[below] - all[above + width] + all[above];
        }
        double squares = of[3];
        for (int channel = 0; channel < 3; channel++) {
          squares -= of[channel] * of[channel] / (width * height);
        }
        norms[y * columns + x] = Math.sqrt(Math.max(0, squares));
      }
    }
    return norms;
  }
}
