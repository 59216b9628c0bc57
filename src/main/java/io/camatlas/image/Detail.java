package io.camatlas.image;

/**
 * The detail of a picture: what each part of it differs by from its surroundings, on a coarse grid.
 * The mean over many pictures is near zero wherever their content has no fixed place; a mark, a
 * frame or a scale bar that they share remains. Skies and floors, which photographs share too, have
 * little of it.
 */
public final class Detail {
  /** The longer side of the grid is at most so many cells. */
  private static final int MOST = 56;

  /** Sigma of the surroundings, as a share of the longer side. */
  private static final double SURROUNDINGS = 1.0 / 14;

  private Detail() {}

  /**
   * A grid.
   *
   * @param channels of the picture
   * @param rows at least 1
   * @param columns at least 1
   */
  public record Cells(int channels, int rows, int columns) {
    /** The grid of pictures of a size. */
    public static Cells of(int channels, int height, int width) {
      double scale = Math.min(1, (double) MOST / Math.max(height, width));
      return new Cells(
          channels,
          (int) Math.max(1, Math.round(height * scale)),
          (int) Math.max(1, Math.round(width * scale)));
    }

    /**
     * Numbers cells that touch one another, from 1; 0 for the others.
     *
     * @param some which of the {@code rows * columns} cells
     */
    public int[] regions(boolean[] some) {
      return OpenCv.regions(some, rows, columns);
    }

    /**
     * Fills gaps between cells, such as those between the strokes of a text.
     *
     * @param some which of the {@code rows * columns} cells
     * @param radius half of the widest gap that is filled
     */
    public boolean[] closed(boolean[] some, int radius) {
      return OpenCv.closed(some, rows, columns, radius);
    }

    /** Number of values. */
    public int values() {
      return channels * rows * columns;
    }
  }

  /**
   * The detail of a picture.
   *
   * @param planes {@code [channels,height,width]}, in any unit
   * @param cells {@link Cells#of} this size
   * @return {@code [channels,rows,columns]}, in the same unit: the mean of each cell's pixels, less
   *     the mean of what surrounds it
   */
  public static float[] of(float[] planes, int height, int width, Cells cells) {
    float[] detail = new float[cells.values()];
    double sigma = SURROUNDINGS * Math.max(cells.rows(), cells.columns());
    for (int c = 0; c < cells.channels(); c++) {
      OpenCv.detail(
          planes,
          c * height * width,
          height,
          width,
          detail,
          c * cells.rows() * cells.columns(),
          cells.rows(),
          cells.columns(),
          sigma);
    }
    return detail;
  }
}
