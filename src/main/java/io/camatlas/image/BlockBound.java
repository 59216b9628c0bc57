package io.camatlas.image;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Tells of most places that a part is not there, without their correlation. With P the projection
 * onto pictures that are constant over blocks, {@code <t, w> <= <Pt, Pw> + |t - Pt| |w - Pw|}
 * (Cauchy and Schwarz): a sixteenth of the products, from which it mostly follows that a place is
 * not alike enough.
 */
final class BlockBound {
  /** The width of blocks. */
  private static final int BLOCK = 4;

  /** More than what rounding to float does to a bound, for pictures around grey. */
  private static final double ROUNDING = 1e-4;

  private final int count;
  private final int width;
  private final int height;

  /** Numbers that a picture has in its blocks, of all channels. */
  private final int blocks;

  /** Pt of each part: a row of its sums over blocks, by the blocks' width. */
  private final FloatPointer coarse;

  /** |t - Pt| of each part. */
  private final double[] rest;

  /**
   * Takes what is looked for.
   *
   * @param parts {@code [count, height, width, 3]}, without the mean of each channel, and of norm 1
   *     or 0
   */
  BlockBound(float[] parts, int count, int width, int height) {
    this.count = count;
    this.width = width;
    this.height = height;
    blocks = 3 * (width / BLOCK) * (height / BLOCK);
    rest = new double[count];
    float[] sums = new float[isOfUse() ? count * blocks : 0];
    for (int i = 0; i < count && isOfUse(); i++) {
      int size = 3 * width * height;
      double whole = 0;
      for (int at = 0; at < size; at++) {
        float value = parts[i * size + at];
        int x = at / 3 % width / BLOCK;
        int y = at / 3 / width / BLOCK;
        sums[i * blocks + 3 * (y * (width / BLOCK) + x) + at % 3] += value / BLOCK;
        whole += (double) value * value;
      }
      double inBlocks = 0;
      for (int at = i * blocks; at < (i + 1) * blocks; at++) {
        inBlocks += (double) sums[at] * sums[at];
      }
      rest[i] = Math.sqrt(Math.max(0, whole - inBlocks));
    }
    coarse = new FloatPointer(sums);
  }

  /** Whether parts are made of whole blocks. */
  boolean isOfUse() {
    return width % BLOCK == 0 && height % BLOCK == 0;
  }

  /**
   * Where parts may be as alike as that; nowhere else are they.
   *
   * @param columns of places
   * @param rows of places
   * @param norms of each place about the mean of each channel
   * @param least correlation, above 0
   * @return the part's number times the number of places, plus the place, in ascending order
   */
  int[] possible(RgbImage within, int columns, int rows, double[] norms, double least) {
    int places = columns * rows;
    float[] sums = sums(within, columns, rows);
    double[] left = left(sums, norms);
    float[] products = new float[count * places];
    try (FloatPointer all = new FloatPointer(sums);
        FloatPointer told = new FloatPointer((long) products.length)) {
      TemplateMatch.products(coarse, all, blocks, told, count, places, blocks);
      told.get(products);
    }
    int[] possible = new int[products.length];
    int n = 0;
    for (int at = 0; at < products.length; at++) {
      int place = at % places;
      double bound = products[at] + rest[at / places] * left[place];
      if (norms[place] > 0 && bound >= (least - ROUNDING) * norms[place]) {
        possible[n++] = at;
      }
    }
    return Arrays.copyOf(possible, n);
  }

  /** |w - Pw| of each place, about the mean of each channel. */
  private double[] left(float[] sums, double[] norms) {
    double[] left = new double[norms.length];
    for (int place = 0; place < left.length; place++) {
      double squares = 0;
      double[] channels = new double[3];
      for (int at = 0; at < blocks; at++) {
        double sum = sums[place * blocks + at];
        squares += sum * sum;
        channels[at % 3] += sum * BLOCK;
      }
      for (double channel : channels) {
        squares -= channel * channel / (width * height);
      }
      left[place] = Math.sqrt(Math.max(0, norms[place] * norms[place] - squares));
    }
    return left;
  }

  /** Pw of each place, {@code [places, blocks]}. */
  private float[] sums(RgbImage image, int columns, int rows) {
    int across = image.width() - BLOCK + 1;
    int down = image.height() - BLOCK + 1;
    int[] ofBlocks = new int[3 * across * down];
    for (int y = 0; y < down; y++) {
      for (int at = 0; at < 3 * across; at++) {
        int sum = 0;
        for (int row = 0; row < BLOCK; row++) {
          int from = 3 * (y + row) * image.width() + at;
          for (int i = 0; i < BLOCK; i++) {
            sum += (image.rgb()[from + 3 * i] & 0xff) - TemplateMatch.GREY;
          }
        }
        ofBlocks[3 * y * across + at] = sum;
      }
    }
    float[] sums = new float[columns * rows * blocks];
    int at = 0;
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        for (int top = y; top < y + height; top += BLOCK) {
          for (int left = x; left < x + width; left += BLOCK) {
            int from = 3 * (top * across + left);
            for (int channel = 0; channel < 3; channel++) {
              sums[at++] = (float) ofBlocks[from + channel] / BLOCK;
            }
          }
        }
      }
    }
    return sums;
  }
}
