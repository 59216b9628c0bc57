package io.camatlas.image;

/**
 * A resize and crop as weighted sums of source pixels, for devices that compute them as products of
 * matrices. Sums and what becomes of them are those of {@link Resampler}: weights have {@value
 * #FRACTION} fractional bits, and sums are rounded to 8 bits after each direction.
 *
 * @param taps source pixels that each column and each row of the input is a sum of
 * @param columns for each column of the input {@code taps} source columns, then for each as many
 *     weights: {@code [2, W, taps]}; weights of padding are zero. All are whole numbers that floats
 *     hold
 * @param rows the same for rows, {@code [2, H, taps]}
 * @param rowsFirst whether rows are summed before columns
 */
public record ResizeTables(Taps taps, float[] columns, float[] rows, boolean rowsFirst) {
  /** Fractional bits: 32, minus 8 for a sample, minus 2 for the overshoot of cubic weights. */
  public static final int FRACTION = 22;

  /**
   * Numbers of source pixels.
   *
   * @param columns for each column of the input
   * @param rows for each row of the input
   */
  public record Taps(int columns, int rows) {}
}
