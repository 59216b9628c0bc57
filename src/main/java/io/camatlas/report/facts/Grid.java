package io.camatlas.report.facts;

import io.camatlas.image.Box;
import io.camatlas.localize.GridSize;
import io.camatlas.localize.Region;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/**
 * Non-negative values on a layer's grid.
 *
 * @param values row-major, row 0 on top, not negative; not copied
 * @param height rows
 * @param width columns
 */
public record Grid(double[] values, int height, int width) {
  /** The most rows and columns that a page shows. */
  public static final int MOST_SHOWN = 64;

  private static final int LEVELS = 65_535;

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if there are not {@code height * width} values
   */
  public Grid {
    if (height < 1 || width < 1 || values.length != height * width) {
      throw new IllegalArgumentException(
          "A grid of %d x %d has %d values; it must have %d."
              .formatted(height, width, values.length, height * width));
    }
  }

  /** The largest value; 0 for a blank grid. */
  public double maximum() {
    double maximum = 0;
    for (double value : values) {
      maximum = Math.max(maximum, value);
    }
    return maximum;
  }

  /** The largest value, as times that of an even grid with the same sum; 0 if blank. */
  public double densest() {
    double sum = sum();
    return sum == 0 ? 0 : maximum() / sum * values.length;
  }

  public double sum() {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  /**
   * Reduces the grid to at most {@code most} rows and columns. Each cell's value is distributed by
   * area over the new cells that it overlaps, so the sum is preserved, and a uniform grid stays
   * uniform.
   */
  public Grid within(int most) {
    if (Math.max(height, width) <= most) {
      return this;
    }
    GridSize size = GridSize.within(height, width, most);
    return new Grid(size.sums(height, width, at -> values[at]), size.height(), size.width());
  }

  /** The same for counts, which stay whole: each goes to the new cell that holds its centre. */
  public Grid countsWithin(int most) {
    if (Math.max(height, width) <= most) {
      return this;
    }
    GridSize size = GridSize.within(height, width, most);
    int rows = size.height();
    int columns = size.width();
    double[] small = new double[rows * columns];
    for (int r = 0; r < height; r++) {
      int row = (int) ((r + 0.5) * rows / height);
      for (int c = 0; c < width; c++) {
        small[row * columns + (int) ((c + 0.5) * columns / width)] += values[r * width + c];
      }
    }
    return new Grid(small, rows, columns);
  }

  /** The square root of each value. */
  public Grid roots() {
    return new Grid(Arrays.stream(values).map(Math::sqrt).toArray(), height, width);
  }

  /** The share of the sum that lies in a region, cells on its edge in parts; NaN if blank. */
  public double mass(Region region) {
    double sum = sum();
    double inside =
        region.boxes().stream()
            .mapToDouble(box -> box.mass(height, width, cell -> values[cell]))
            .sum();
    return sum == 0 ? Double.NaN : inside / sum;
  }

  /** The share of the sum that lies in cells whose centres are in a region; NaN if blank. */
  public double share(Region region) {
    double inside = 0;
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        double x = (c + 0.5) / width;
        double y = (r + 0.5) / height;
        if (region.boxes().stream()
            .anyMatch(box -> x >= box.x0() && x < box.x1() && y >= box.y0() && y < box.y1())) {
          inside += values[r * width + c];
        }
      }
    }
    double sum = sum();
    return sum == 0 ? Double.NaN : inside / sum;
  }

  /** Σ min(p, q) of the two as distributions, 0 to 1; NaN if one is blank or the sizes differ. */
  public double overlap(Grid other) {
    double sum = sum();
    double otherSum = other.sum();
    if (sum == 0 || otherSum == 0 || height != other.height || width != other.width) {
      return Double.NaN;
    }
    double overlap = 0;
    for (int i = 0; i < values.length; i++) {
      overlap += Math.min(values[i] / sum, other.values[i] / otherSum);
    }
    return overlap;
  }

  /** The box of a cell of a grid, in pixels of the original image. */
  public static Box cell(int row, int column, int height, int width, Box seen) {
    return new Box(
        seen.x0() + seen.width() * column / width,
        seen.y0() + seen.height() * row / height,
        seen.x0() + seen.width() * (column + 1) / width,
        seen.y0() + seen.height() * (row + 1) / height);
  }

  /**
   * Values as shares of the maximum, in 16-bit little-endian numbers, encoded in Base64 for pages.
   */
  public String encoded() {
    double maximum = maximum();
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putShort((short) (maximum == 0 ? 0 : Math.round(value / maximum * LEVELS)));
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
