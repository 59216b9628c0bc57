package io.camatlas.localize;

/**
 * Where a network looked, on the grid of a layer.
 *
 * @param values not negative, not normalised, {@code [h,w]}, row-major, row 0 on top
 * @param height h
 * @param width w
 */
public record SaliencyMap(float[] values, int height, int width) {
  /** Sums over the cells of another grid, as {@link GridSize#sums} makes them. */
  public double[] sums(int rows, int columns) {
    return new GridSize(rows, columns).sums(height, width, at -> values[at]);
  }

  /** The map with at most so many rows and columns, of about the same shape. */
  public SaliencyMap within(int most) {
    GridSize size = GridSize.within(height, width, most);
    if (size.height() == height && size.width() == width) {
      return this;
    }
    double[] sums = sums(size.height(), size.width());
    float[] fewer = new float[sums.length];
    for (int i = 0; i < fewer.length; i++) {
      fewer[i] = (float) sums[i];
    }
    return new SaliencyMap(fewer, size.height(), size.width());
  }
}
