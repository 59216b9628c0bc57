package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * What the feature maps of one layer did in one image, or in several, one behind another.
 *
 * @param maps K, feature maps of an image
 * @param means mean of each feature map
 * @param maxima maximum of each feature map
 * @param cells where the maximum is, {@code row * w + column}, the first of equals
 */
public record ActivationSummary(int maps, float[] means, float[] maxima, int[] cells) {
  private static final int[] CELLS = {2};

  /**
   * Takes it from the device.
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

  /** One image's share. */
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
