package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/** The weighted sum of feature maps, the last step of every rule. */
public final class SaliencyMaps {
  private SaliencyMaps() {}

  /**
   * map = relu(sum_k w_k A_k) over the selected feature maps, zero at neurons not selected.
   *
   * @param weights {@code [N,K,1,1]} or {@code [N,K,h,w]}
   * @param activations of the clean images, {@code [N,K,h,w]}
   * @return {@code [N,h,w]}, not negative, not normalised
   */
  public static NDArray combine(
      NDArray weights, NDArray activations, FeatureMapSelection filters, NeuronSelection neurons) {
    NDManager manager = activations.getManager();
    NDArray used = selected(weights, filters, manager);
    NDArray summed;
    if (used.getShape().get(2) == 1 && used.getShape().get(3) == 1) {
      summed = sumOfMaps(used, activations);
    } else {
      summed = used.mul(activations).sum(new int[] {1});
    }
    return masked(Scalars.positive(summed), manager, neurons);
  }

  /**
   * A map that is no sum of feature maps: relu of it, zero at neurons not selected.
   *
   * @param maps {@code [N,h,w]}
   */
  public static NDArray of(NDArray maps, NeuronSelection neurons) {
    return masked(Scalars.positive(maps), maps.getManager(), neurons);
  }

  /** The weights, zero for feature maps that are not selected. */
  private static NDArray selected(NDArray weights, FeatureMapSelection filters, NDManager manager) {
    if (filters.isAll()) {
      return weights;
    }
    int maps = (int) weights.getShape().get(1);
    return weights.mul(manager.create(filters.mask(maps), new Shape(1, maps, 1, 1)));
  }

  /** sum_k w_k A_k, {@code [N,h,w]}, of weights {@code [N,K,1,1]} and maps {@code [N,K,h,w]}. */
  private static NDArray sumOfMaps(NDArray weights, NDArray maps) {
    Shape shape = maps.getShape();
    return weights
        .reshape(shape.get(0), 1, shape.get(1))
        .batchMatMul(maps.reshape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3)))
        .reshape(shape.get(0), shape.get(2), shape.get(3));
  }

  /**
   * How far a map may be off if its weights are: sqrt(sum_k (e_k A_k)²), zero at neurons not
   * selected.
   *
   * @param errors standard errors of the weights, {@code [N,K,1,1]}
   * @param activations of the clean images, {@code [N,K,h,w]}
   * @return {@code [N,h,w]}
   */
  public static NDArray errors(
      NDArray errors, NDArray activations, FeatureMapSelection filters, NeuronSelection neurons) {
    NDManager manager = activations.getManager();
    NDArray used = selected(errors, filters, manager);
    // Squares of large errors would overflow, so they are taken relative to the largest.
    NDArray largest = used.max(new int[] {1}, true);
    NDArray unit = largest.add(Scalars.isZero(largest));
    NDArray summed = sumOfMaps(used.div(unit).square(), activations.square());
    NDArray off = summed.sqrt().mul(unit.reshape(unit.getShape().get(0), 1, 1));
    return masked(off, manager, neurons);
  }

  /**
   * relu(w_k A_k) for each listed feature map by itself, zero at neurons not selected.
   *
   * @return {@code [N,F,h,w]} in the order of the list
   */
  public static NDArray perFilter(
      NDArray weights, NDArray activations, FeatureMapSelection filters, NeuronSelection neurons) {
    NDManager manager = activations.getManager();
    long[] indices = filters.indices().stream().mapToLong(Integer::longValue).toArray();
    NDArray chosen = manager.create(indices);
    NDIndex index = new NDIndex(":, {}", chosen);
    return masked(
        Scalars.positive(weights.get(index).mul(activations.get(index))), manager, neurons);
  }

  /**
   * The maps that each noise sample would give by itself.
   *
   * @param sampleWeights {@code [N,n,K]}
   * @param activations of the clean images, {@code [N,K,h,w]}
   * @return {@code [N,n,h·w]}, not negative
   */
  public static NDArray samples(
      NDArray sampleWeights,
      NDArray activations,
      FeatureMapSelection filters,
      NeuronSelection neurons) {
    Shape shape = activations.getShape();
    NDManager manager = activations.getManager();
    NDArray used = sampleWeights;
    if (!filters.isAll()) {
      int maps = (int) shape.get(1);
      used = used.mul(manager.create(filters.mask(maps), new Shape(1, 1, maps)));
    }
    NDArray maps =
        Scalars.positive(
            used.batchMatMul(
                activations.reshape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3))));
    int height = (int) shape.get(2);
    int width = (int) shape.get(3);
    return neurons
        .mask(manager, height, width)
        .map(mask -> maps.mul(mask.reshape(1, 1, (long) height * width)))
        .orElse(maps);
  }

  private static NDArray masked(NDArray maps, NDManager manager, NeuronSelection neurons) {
    Shape shape = maps.getShape();
    int height = (int) shape.get(shape.dimension() - 2);
    int width = (int) shape.get(shape.dimension() - 1);
    return neurons.mask(manager, height, width).map(maps::mul).orElse(maps);
  }
}
