package io.camatlas.localize;

import java.util.Arrays;

/**
 * The connected parts of a map at or above a threshold, found on a finer grid than the map's own.
 *
 * <p>The map is first upsampled bilinearly (corners not aligned, edges clamped) by the smallest
 * integer factor that brings its longer side to at least {@value #FINE_CELLS} cells. On the native
 * grid of a common network, 7x7 cells over 224 pixels, a box could only move in steps of 32 pixels,
 * and two objects whose hot cells touch at a corner would count as one although the saddle between
 * them is low. Cells that touch by a side or a corner are connected.
 *
 * @param count number of parts, at least 1
 * @param largest box around the part with the most cells; on ties, the first in row-major order
 * @param all box around all parts
 */
record ConnectedParts(int count, FractionBox largest, FractionBox all) {

  /** Minimum number of cells on the longer side of the upsampled map. */
  static final int FINE_CELLS = 64;

  /**
   * Buffers for more cells than this are not kept: a thread would hold them as long as it lives.
   */
  private static final int KEPT_CELLS = 1 << 18;

  private static final ThreadLocal<Grid> GRIDS = ThreadLocal.withInitial(Grid::new);

  /**
   * Finds the parts at or above half the maximum.
   *
   * @param map saliency {@code [height,width]}, finite and non-negative
   * @param maximum the map's maximum, above zero. It is the maximum of the map as given: the
   *     upsampled one is lower when no fine cell lies on the peak, but never below 9/16 of it, so
   *     there is always a part
   */
  static ConnectedParts aboveHalf(float[] map, int height, int width, float maximum) {
    int factor = factor(height, width);
    int fineHeight = Math.multiplyExact(height, factor);
    int fineWidth = Math.multiplyExact(width, factor);
    int cells = Math.multiplyExact(fineHeight + 2, fineWidth + 2);
    Grid grid = cells <= KEPT_CELLS ? GRIDS.get() : new Grid();
    grid.mark(map, height, width, factor, 0.5 * maximum);
    return grid.parts(fineHeight, fineWidth);
  }

  /** By how much the grid on which parts are found is finer than the map. */
  static int factor(int height, int width) {
    int side = Math.max(height, width);
    return side >= FINE_CELLS ? 1 : (FINE_CELLS + side - 1) / side;
  }

  /** One thread's buffers. */
  private static final class Grid {

    /** Whether a fine cell is hot and not yet counted; includes a margin of cold cells. */
    private boolean[] hot = {};

    /** Cells of the part being counted whose neighbours are still to be looked at. */
    private int[] pending = {};

    private float[] upperRow = {};
    private float[] lowerRow = {};
    private int[] leftOf = {};
    private float[] rightShare = {};

    /** Upsamples and marks the cells at or above the threshold. */
    void mark(float[] map, int height, int width, int factor, double threshold) {
      int fineHeight = height * factor;
      int fineWidth = width * factor;
      int stride = fineWidth + 2;
      int cells = (fineHeight + 2) * stride;
      if (hot.length < cells) {
        hot = new boolean[cells];
        pending = new int[cells];
      }
      if (upperRow.length < fineWidth) {
        upperRow = new float[fineWidth];
        lowerRow = new float[fineWidth];
        leftOf = new int[fineWidth];
        rightShare = new float[fineWidth];
      }
      for (int x = 0; x < fineWidth; x++) {
        float at = sourcePosition(x, factor, width);
        leftOf[x] = (int) at;
        rightShare[x] = at - leftOf[x];
      }
      Arrays.fill(hot, 0, stride, false);
      int upperIs = -1;
      for (int y = 0; y < fineHeight; y++) {
        float at = sourcePosition(y, factor, height);
        int upper = (int) at;
        if (upper != upperIs) {
          stretchRow(map, upper, width, upperRow, fineWidth);
          stretchRow(map, Math.min(upper + 1, height - 1), width, lowerRow, fineWidth);
          upperIs = upper;
        }
        float share = at - upper;
        int row = (y + 1) * stride;
        hot[row] = false;
        for (int x = 0; x < fineWidth; x++) {
          float value = upperRow[x] + share * (lowerRow[x] - upperRow[x]);
          hot[row + 1 + x] = value >= threshold;
        }
        hot[row + 1 + fineWidth] = false;
      }
      Arrays.fill(hot, (fineHeight + 1) * stride, cells, false);
    }

    /** Position of a fine cell's centre relative to the centres of the coarse cells, clamped. */
    private static float sourcePosition(int fine, int factor, int coarseCells) {
      float at = (fine + 0.5f) / factor - 0.5f;
      return Math.min(Math.max(at, 0), coarseCells - 1);
    }

    private void stretchRow(float[] map, int row, int width, float[] into, int fineWidth) {
      int start = row * width;
      for (int x = 0; x < fineWidth; x++) {
        int left = leftOf[x];
        float a = map[start + left];
        float b = map[start + Math.min(left + 1, width - 1)];
        into[x] = a + rightShare[x] * (b - a);
      }
    }

    /** Counts the marked parts, and unmarks them. */
    ConnectedParts parts(int fineHeight, int fineWidth) {
      int stride = fineWidth + 2;
      int[] neighbours = {-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1};
      int count = 0;
      int largestCells = 0;
      int largestTop = 0;
      int largestBottom = 0;
      int largestLeft = 0;
      int largestRight = 0;
      int allTop = Integer.MAX_VALUE;
      int allBottom = -1;
      int allLeft = Integer.MAX_VALUE;
      int allRight = -1;
      int end = (fineHeight + 1) * stride;
      for (int start = stride; start < end; start++) {
        if (!hot[start]) {
          continue;
        }
        count++;
        int top = start / stride;
        int bottom = top;
        int left = start % stride;
        int right = left;
        int found = 1;
        pending[0] = start;
        hot[start] = false;
        // Cells before `done` have been visited, cells before `found` belong to the part.
        for (int done = 0; done < found; done++) {
          int cell = pending[done];
          int row = cell / stride;
          int column = cell - row * stride;
          bottom = Math.max(bottom, row);
          left = Math.min(left, column);
          right = Math.max(right, column);
          for (int step : neighbours) {
            int next = cell + step;
            if (hot[next]) {
              hot[next] = false;
              pending[found++] = next;
            }
          }
        }
        if (found > largestCells) {
          largestCells = found;
          largestTop = top;
          largestBottom = bottom;
          largestLeft = left;
          largestRight = right;
        }
        allTop = Math.min(allTop, top);
        allBottom = Math.max(allBottom, bottom);
        allLeft = Math.min(allLeft, left);
        allRight = Math.max(allRight, right);
      }
      return new ConnectedParts(
          count,
          box(largestTop, largestBottom, largestLeft, largestRight, fineHeight, fineWidth),
          box(allTop, allBottom, allLeft, allRight, fineHeight, fineWidth));
    }

    /** Rows and columns include the margin: the first cell of the map has index 1. */
    private static FractionBox box(
        int top, int bottom, int left, int right, int fineHeight, int fineWidth) {
      return new FractionBox(
          (left - 1) / (double) fineWidth,
          (top - 1) / (double) fineHeight,
          right / (double) fineWidth,
          bottom / (double) fineHeight);
    }
  }
}
