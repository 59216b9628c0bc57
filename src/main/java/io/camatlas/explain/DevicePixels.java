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
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Brings the images of a batch to the device. Reuses its buffers; not thread-safe. */
final class DevicePixels implements AutoCloseable {
  /** Bounds what the device holds of pictures at once. */
  private static final int MOST_BYTES = 64 << 20;

  private static final int LEVELS = 256;

  private final Network network;
  private final InputShape input;
  private final Preprocessing preprocessing;
  private final HostMemory inputs;
  private final HostMemory pictures;
  private final HostMemory numbers;

  DevicePixels(Network network, InputShape input, Preprocessing preprocessing) {
    this.network = network;
    this.inputs = new HostMemory(network, DataType.FLOAT32);
    this.pictures = new HostMemory(network, DataType.UINT8);
    this.numbers = new HostMemory(network, DataType.FLOAT32);
    this.input = input;
    this.preprocessing = preprocessing;
  }

  /**
   * What a batch takes to the device. It refers to this object's buffers, which the next batch
   * overwrites.
   *
   * @param batch rows of the result
   * @param ready places of inputs that were made on the host
   * @param loads pictures that the device resizes, as many at a time as it may hold
   */
  record Gathered(List<PreparedImage> images, int batch, List<Integer> ready, List<Load> loads) {}

  /**
   * Pictures that travel together.
   *
   * @param sizes pictures of one size each
   * @param tables what resizing takes, for each size
   * @param numbers the levels, then columns and rows of each table
   */
  record Load(List<Same> sizes, List<ResizeTables> tables, float[] numbers) {
    int bytes() {
      return sizes.stream().mapToInt(Same::bytes).sum();
    }
  }

  /**
   * Brings together what the device needs, without using it.
   *
   * @param batch rows of the result, at least as many as there are images
   */
  Gathered gather(List<PreparedImage> images, int batch) {
    List<Integer> ready = new ArrayList<>();
    Map<PixelMapping, List<Integer>> bySize = new LinkedHashMap<>();
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i).pixels() instanceof Pixels.Picture) {
        bySize.computeIfAbsent(images.get(i).decoded().mapping(), size -> new ArrayList<>()).add(i);
      } else {
        ready.add(i);
      }
    }
    List<Load> loads = new ArrayList<>();
    List<Same> together = new ArrayList<>();
    int bytes = 0;
    for (Map.Entry<PixelMapping, List<Integer>> size : bySize.entrySet()) {
      int each = 3 * size.getKey().width() * size.getKey().height();
      for (int place : size.getValue()) {
        if (bytes > 0 && bytes + each > MOST_BYTES) {
          loads.add(load(together));
          together = new ArrayList<>();
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
    if (!together.isEmpty()) {
      loads.add(load(together));
      fill(images, loads.get(0));
    }
    fillInputs(images, ready, loads.isEmpty() ? batch : ready.size());
    return new Gathered(images, batch, ready, loads);
  }

  private Load load(List<Same> sizes) {
    List<ResizeTables> tables =
        sizes.stream().map(same -> preprocessing.tables(same.mapping)).toList();
    return new Load(sizes, tables, numbers(tables));
  }

  /** Copies inputs that were made on the host, and zeros for the other rows. */
  private void fillInputs(List<PreparedImage> images, List<Integer> places, int rows) {
    FloatBuffer room = inputs.room((long) rows * input.elements()).asFloatBuffer();
    for (int place : places) {
      room.put(((Pixels.Input) images.get(place).pixels()).values(), 0, input.elements());
    }
    float[] zeros = new float[places.size() < rows ? input.elements() : 0];
    for (int row = places.size(); row < rows; row++) {
      room.put(zeros);
    }
  }

  /** Copies a load's pictures, one after another, and the numbers that resizing takes. */
  private void fill(List<PreparedImage> images, Load load) {
    ByteBuffer room = pictures.room(load.bytes());
    for (Same same : load.sizes) {
      for (int place : same.places) {
        room.put(((Pixels.Picture) images.get(place).pixels()).image().rgb());
      }
    }
    numbers.room(load.numbers.length).asFloatBuffer().put(load.numbers);
  }

  /**
   * The images as rows, padded with zeros to the batch's size.
   *
   * @param gathered the last that was gathered
   * @return {@code [batch,C,H,W]}, in the manager
   */
  NDArray send(Gathered gathered, NDManager manager) {
    List<PreparedImage> images = gathered.images;
    List<Integer> ready = gathered.ready;
    int batch = gathered.batch;
    if (gathered.loads.isEmpty()) {
      return inputs(batch, manager);
    }
    try (NDManager scratch = manager.newSubManager()) {
      NDArray[] rows = new NDArray[batch];
      Arrays.fill(rows, scratch.zeros(shape(1)));
      if (!ready.isEmpty()) {
        place(rows, ready, inputs(ready.size(), scratch));
      }
      for (int i = 0; i < gathered.loads.size(); i++) {
        if (i > 0) {
          // The device must have taken the last load.
          rows[gathered.loads.get(i - 1).sizes.get(0).places.get(0)].sum().getFloat();
          fill(images, gathered.loads.get(i));
        }
        resize(gathered.loads.get(i), rows, scratch);
      }
      NDArray joined = NDArrays.concat(new NDList(rows), 0);
      joined.attach(manager);
      return joined;
    }
  }

  /** Pictures of one size, by their places in the batch. */
  record Same(PixelMapping mapping, List<Integer> places) {
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
  private NDArray inputs(int rows, NDManager manager) {
    NDArray sent = inputs.send(rows * input.elements(), manager);
    NDArray shaped = sent.reshape(shape(rows));
    sent.close();
    return shaped;
  }

  /** Lets the device resize pictures. All go there in one piece, and so do the numbers. */
  private void resize(Load load, NDArray[] rows, NDManager scratch) {
    NDArray all = pictures.send(load.bytes(), scratch);
    Pieces pieces = new Pieces(numbers.send(load.numbers.length, scratch));
    NDArray levels = pieces.next(preprocessing.channels(), LEVELS);
    int from = 0;
    for (int i = 0; i < load.sizes.size(); i++) {
      Same same = load.sizes.get(i);
      ResizeTables table = load.tables.get(i);
      PixelMapping mapping = same.mapping;
      NDArray some =
          all.get(new NDIndex().addSliceDim(from, from + (long) same.bytes()))
              .reshape(same.places.size(), mapping.height(), mapping.width(), 3);
      from += same.bytes();
      NDArray columns = pieces.next(2, mapping.inputWidth(), table.taps().columns());
      NDArray tall = pieces.next(2, mapping.inputHeight(), table.taps().rows());
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

  @Override
  public void close() {
    inputs.close();
    pictures.close();
    numbers.close();
  }

  /** Arrays that lie one after another in one array on the device. */
  private static final class Pieces {
    private final NDArray all;
    private long at;

    Pieces(NDArray all) {
      this.all = all;
    }

    NDArray next(long... shape) {
      Shape wanted = new Shape(shape);
      NDArray piece = all.get(new NDIndex().addSliceDim(at, at + wanted.size())).reshape(wanted);
      at += wanted.size();
      return piece;
    }
  }
}
