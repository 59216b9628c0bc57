package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Reads several arrays from the device at once, so that the device is waited for only once. */
final class DeviceRead {
  private final NDManager manager;
  private final PassClock clock;
  private final NDList arrays = new NDList();
  private final List<Consumer<List<float[]>>> receivers = new ArrayList<>();
  private long numbers;

  /**
   * @param manager keeps the arrays until they are read
   * @param clock counts the reads
   */
  DeviceRead(NDManager manager, PassClock clock) {
    this.manager = manager;
    this.clock = clock;
  }

  /** Adds an array to those that are read, and returns its place among the results. */
  int add(NDArray array) {
    NDArray flat = array.flatten();
    flat.attach(manager);
    arrays.add(flat);
    numbers += flat.size();
    return arrays.size() - 1;
  }

  /** Adds someone to be given the results by {@link #deliver}. */
  void then(Consumer<List<float[]>> receiver) {
    receivers.add(receiver);
  }

  /** How many numbers wait to be read. */
  long numbers() {
    return numbers;
  }

  /** Reads what has been added since the last time, and hands it out. */
  void deliver() {
    if (!arrays.isEmpty()) {
      List<float[]> found = read();
      receivers.forEach(receiver -> receiver.accept(found));
    }
    arrays.forEach(NDArray::close);
    arrays.clear();
    receivers.clear();
    numbers = 0;
  }

  /** Reads all arrays, in the order in which they were added. */
  List<float[]> read() {
    clock.read();
    float[] all = joined();
    List<float[]> read = new ArrayList<>();
    int from = 0;
    for (NDArray array : arrays) {
      int to = from + Math.toIntExact(array.size());
      read.add(Arrays.copyOfRange(all, from, to));
      from = to;
    }
    return read;
  }

  private float[] joined() {
    // What is made on the way goes at once, here and on the device.
    try (NDManager scratch = manager.newSubManager()) {
      NDArray one = arrays.size() == 1 ? arrays.get(0).duplicate() : NDArrays.concat(arrays, 0);
      one.attach(scratch);
      return one.toFloatArray();
    }
  }
}
