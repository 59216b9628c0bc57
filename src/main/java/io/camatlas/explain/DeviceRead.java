package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads several arrays from the device at once, so that the device is waited for only once. */
final class DeviceRead {
  private final NDList arrays = new NDList();

  /** Adds an array to those that are read, and returns its place among the results. */
  int add(NDArray array) {
    arrays.add(array.flatten());
    return arrays.size() - 1;
  }

  /** Reads all arrays, in the order in which they were added. */
  List<float[]> read() {
    float[] all =
        arrays.size() == 1
            ? arrays.get(0).toFloatArray()
            : NDArrays.concat(arrays, 0).toFloatArray();
    List<float[]> read = new ArrayList<>();
    int from = 0;
    for (NDArray array : arrays) {
      int to = from + Math.toIntExact(array.size());
      read.add(Arrays.copyOfRange(all, from, to));
      from = to;
    }
    return read;
  }
}
