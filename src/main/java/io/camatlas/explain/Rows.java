package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.stream.IntStream;

/**
 * Consecutive rows of a group; padding may be among them.
 *
 * @param from the first row
 * @param count number of rows
 */
record Rows(int from, int count) {
  IntStream stream() {
    return IntStream.range(from, from + count);
  }

  /** How many of these rows are at or after the given row. */
  int from(int row) {
    return Math.max(0, from + count - Math.max(from, row));
  }

  /**
   * These rows of an array; beyond the array's end, its last row is repeated.
   *
   * @param manager owns the result; the array's own manager, one above or one below it
   */
  NDArray of(NDArray array, NDManager manager) {
    long wanted = (long) from + count;
    long end = Math.min(array.getShape().get(0), wanted);
    NDList parts = new NDList(slice(array, from, end, manager));
    for (long row = end; row < wanted; row++) {
      parts.add(slice(array, end - 1, end, manager));
    }
    if (parts.size() == 1) {
      return parts.get(0);
    }
    NDArray joined = NDArrays.concat(parts, 0);
    joined.attach(manager);
    return joined;
  }

  private static NDArray slice(NDArray array, long from, long to, NDManager manager) {
    NDArray rows = array.get(new NDIndex().addSliceDim(from, to));
    rows.attach(manager);
    return rows;
  }
}
