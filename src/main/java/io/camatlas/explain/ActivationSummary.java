package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Mean and maximum of each feature map of one layer, for one image or for several, one after
 * another.
 *
 * @param maps K, the number of feature maps
 * @param means mean of each feature map
 * @param maxima maximum of each feature map
 * @param cells position of the maximum, {@code row * w + column}; on ties, the first
 */
public record ActivationSummary(int maps, float[] means, float[] maxima, int[] cells) {
  private static final int[] CELLS = {2};

  /**
   * Asks for the summary.
   *
   * @param activations {@code [N,K,h,w]}
   * @param read reads it from the device, together with what else is asked for
   * @return makes the summary of what was read
   */
  static Function<List<float[]>, ActivationSummary> of(NDArray activations, DeviceRead read) {
    Shape shape = activations.getShape();
    int maps = (int) shape.get(1);
    NDArray flat = activations.reshape(shape.get(0), maps, shape.get(2) * shape.get(3));
    int means = read.add(flat.mean(CELLS));
    int maxima = read.add(flat.max(CELLS));
    // Positions are small whole numbers, which floats hold.
    int cells = read.add(flat.argMax(2).toType(DataType.FLOAT32, false));
    return found ->
        new ActivationSummary(maps, found.get(means), found.get(maxima), whole(found.get(cells)));
  }

  private static int[] whole(float[] numbers) {
    int[] whole = new int[numbers.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (int) numbers[i];
    }
    return whole;
  }

  /**
   * The same with positions in a coarser grid.
   *
   * @param height rows of the grid that positions are in now
   * @param width its columns
   * @param rows of the coarser grid
   * @param columns of the coarser grid
   */
  ActivationSummary onGrid(int height, int width, int rows, int columns) {
    int[] coarse = new int[cells.length];
    for (int i = 0; i < coarse.length; i++) {
      int row = (int) ((long) (cells[i] / width) * rows / height);
      int column = (int) ((long) (cells[i] % width) * columns / width);
      coarse[i] = row * columns + column;
    }
    return new ActivationSummary(maps, means, maxima, coarse);
  }

  /** The summary of one image. */
  ActivationSummary image(int row) {
    int from = row * maps;
    int to = from + maps;
    return new ActivationSummary(
        maps,
        Arrays.copyOfRange(means, from, to),
        Arrays.copyOfRange(maxima, from, to),
        Arrays.copyOfRange(cells, from, to));
  }
}
