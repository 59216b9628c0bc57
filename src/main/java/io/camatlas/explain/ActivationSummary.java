package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

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
   * Reads the summary from the device.
   *
   * @param activations {@code [N,K,h,w]}
   */
  static ActivationSummary of(NDArray activations) {
    Shape shape = activations.getShape();
    NDArray flat = activations.reshape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3));
    return new ActivationSummary(
        (int) shape.get(1),
        flat.mean(CELLS).toFloatArray(),
        flat.max(CELLS).toFloatArray(),
        Arrays.stream(flat.argMax(2).toLongArray()).mapToInt(cell -> (int) cell).toArray());
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
