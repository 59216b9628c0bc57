package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.PixelMapping;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.ResizeTables;
import io.camatlas.model.InputShape;
import io.camatlas.model.Network;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Brings the images of a batch to the device. Reuses its buffers; not thread-safe. */
final class DevicePixels {
  /** Bounds what the device holds of pictures at once. */
  private static final int MOST_BYTES = 64 << 20;

  private static final int LEVELS = 256;

  private final Network network;
  private final InputShape input;
  private final Preprocessing preprocessing;
  private float[] inputs = {};
  private ByteBuffer pictures = ByteBuffer.allocateDirect(0);

  DevicePixels(Network network, InputShape input, Preprocessing preprocessing) {
    this.network = network;
    this.input = input;
    this.preprocessing = preprocessing;
  }

  /**
   * The images as rows, padded with zeros to the batch's size.
   *
   * @return {@code [batch,C,H,W]}, in the manager
   */
  NDArray batch(List<PreparedImage> images, int batch, NDManager manager) {
    List<Integer> ready = new ArrayList<>();
    Map<PixelMapping, List<Integer>> bySize = new LinkedHashMap<>();
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i).pixels() instanceof Pixels.Picture) {
        bySize.computeIfAbsent(images.get(i).decoded().mapping(), size -> new ArrayList<>()).add(i);
      } else {
        ready.add(i);
      }
    }
    if (bySize.isEmpty()) {
      return inputs(images, ready, batch, manager);
    }
    try (NDManager scratch = manager.newSubManager()) {
      NDArray[] rows = new NDArray[batch];
      Arrays.fill(rows, scratch.zeros(shape(1)));
      if (!ready.isEmpty()) {
        place(rows, ready, inputs(images, ready, ready.size(), scratch));
      }
      List<Same> together = new ArrayList<>();
      int bytes = 0;
      for (Map.Entry<PixelMapping, List<Integer>> size : bySize.entrySet()) {
        int each = 3 * size.getKey().width() * size.getKey().height();
        for (int place : size.getValue()) {
          if (bytes > 0 && bytes + each > MOST_BYTES) {
            resize(images, together, rows, scratch);
            together.clear();
            bytes = 0;
          }
          bytes += each;
          Same last = together.isEmpty() ? null : together.get(together.size() - 1);
          if (last == null || !last.mapping.equals(size.getKey())) {
            last = new Same(size.getKey(), new ArrayList<>());
            together.add(last);
          }
          last.places.add(place);
        }
      }
      resize(images, together, rows, scratch);
      NDArray joined = NDArrays.concat(new NDList(rows), 0);
      joined.attach(manager);
      return joined;
    }
  }

  /** Pictures of one size, by their places in the batch. */
  private record Same(PixelMapping mapping, List<Integer> places) {
    int bytes() {
      return places.size() * 3 * mapping.width() * mapping.height();
    }
  }

  private static void place(NDArray[] rows, List<Integer> places, NDArray found) {
    for (int i = 0; i < places.size(); i++) {
      rows[places.get(i)] = found.get(i + ":" + (i + 1));
    }
  }

  private Shape shape(int rows) {
    return new Shape(rows, input.channels(), input.height(), input.width());
  }

  /** Inputs that were made on the host. */
  private NDArray inputs(
      List<PreparedImage> images, List<Integer> places, int rows, NDManager manager) {
    int length = input.elements();
    if (inputs.length < rows * length) {
      inputs = new float[rows * length];
    }
    for (int i = 0; i < places.size(); i++) {
      Pixels.Input made = (Pixels.Input) images.get(places.get(i)).pixels();
      System.arraycopy(made.values(), 0, inputs, i * length, length);
    }
    Arrays.fill(inputs, places.size() * length, rows * length, 0f);
    NDArray array = manager.create(FloatBuffer.wrap(inputs, 0, rows * length), shape(rows));
    // On the CPU the array is in Java's memory, at any address; rounding depends on the alignment.
    return network.device().isGpu() ? array : array.duplicate();
  }

  /**
   * Lets the device resize pictures. All go there in one piece, and so do the numbers that resizing
   * takes: for each piece, the device finishes what it has to do.
   */
  private void resize(
      List<PreparedImage> images, List<Same> sizes, NDArray[] rows, NDManager scratch) {
    int bytes = sizes.stream().mapToInt(Same::bytes).sum();
    if (pictures.capacity() < bytes) {
      pictures = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    pictures.clear().limit(bytes);
    List<ResizeTables> tables = new ArrayList<>();
    for (Same same : sizes) {
      tables.add(preprocessing.tables(same.mapping));
      for (int place : same.places) {
        pictures.put(((Pixels.Picture) images.get(place).pixels()).image().rgb());
      }
    }
    pictures.flip();
    Pieces numbers = new Pieces(numbers(tables), scratch);
    // On the CPU the array is the buffer itself, which the next pictures will overwrite.
    NDArray sent = scratch.create(pictures, new Shape(bytes), DataType.UINT8);
    NDArray all = network.device().isGpu() ? sent : sent.duplicate();
    NDArray levels = numbers.next(preprocessing.channels(), LEVELS);
    int from = 0;
    for (int i = 0; i < sizes.size(); i++) {
      Same same = sizes.get(i);
      ResizeTables table = tables.get(i);
      PixelMapping mapping = same.mapping;
      NDArray some =
          all.get(new NDIndex().addSliceDim(from, from + (long) same.bytes()))
              .reshape(same.places.size(), mapping.height(), mapping.width(), 3);
      from += same.bytes();
      NDArray columns = numbers.next(2, mapping.inputWidth(), table.taps().columns());
      NDArray tall = numbers.next(2, mapping.inputHeight(), table.taps().rows());
      boolean reversed = preprocessing.order() == ChannelOrder.BGR;
      place(
          rows,
          same.places,
          network.pixels(some, columns, tall, levels, table.rowsFirst(), reversed));
    }
  }

  /** The levels, then columns and rows of each table. */
  private float[] numbers(List<ResizeTables> tables) {
    List<float[]> parts = new ArrayList<>(Arrays.asList(preprocessing.levels()));
    for (ResizeTables table : tables) {
      parts.add(table.columns());
      parts.add(table.rows());
    }
    float[] numbers = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, numbers, at, part.length);
      at += part.length;
    }
    return numbers;
  }

  /** Arrays that lie one after another in one array on the device. */
  private static final class Pieces {
    private final NDArray all;
    private long at;

    Pieces(float[] numbers, NDManager manager) {
      this.all = manager.create(numbers);
    }

    NDArray next(long... shape) {
      Shape wanted = new Shape(shape);
      NDArray piece = all.get(new NDIndex().addSliceDim(at, at + wanted.size())).reshape(wanted);
      at += wanted.size();
      return piece;
    }
  }
}
