package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.SaliencyMaps;
import io.camatlas.localize.SampleAgreement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The maps and weights that one rule computes from {@link LayerGradients}, one row after another.
 */
final class RuleMaps {
  private static final int[] SPACE = {2, 3};

  private final int maps;
  private final int cells;
  private final int filters;
  private final int samples;
  private final float[] saliency;
  private final float[] perFilter;
  private final float[] weights;
  private final float[] relevance;
  private final float[] perSample;
  private final float[] errors;

  /** Where the arrays of a rule are among those that are read. */
  private record Places(
      int maps,
      int weights,
      int relevance,
      OptionalInt perFilter,
      OptionalInt perSample,
      OptionalInt errors) {}

  /**
   * How many there are of what.
   *
   * @param maps K, the number of feature maps
   * @param cells of a map
   * @param filters feature maps that have a map of their own
   * @param samples of noise whose maps are compared
   */
  private record Sizes(int maps, int cells, int filters, int samples) {}

  /**
   * What a method says of a layer's feature maps.
   *
   * @param weights {@code [N,K,1,1]} or {@code [N,K,h,w]}
   * @param errors what rounding may have moved them by, if the method divides by anything
   * @param maps {@code [N,h,w]}, if they are no sums of weighted feature maps
   */
  record Weighed(NDArray weights, Optional<NDArray> errors, Optional<NDArray> maps) {}

  private RuleMaps(Sizes sizes, Places places, List<float[]> found) {
    this.maps = sizes.maps;
    this.cells = sizes.cells;
    this.filters = sizes.filters;
    this.samples = sizes.samples;
    this.saliency = found.get(places.maps);
    this.weights = found.get(places.weights);
    this.relevance = found.get(places.relevance);
    this.perFilter = found(found, places.perFilter);
    this.perSample = found(found, places.perSample);
    this.errors = found(found, places.errors);
  }

  /**
   * Computes a rule's maps.
   *
   * @param gradients the gradients at a layer
   * @param rule which feature maps and neurons are summed
   * @param weighed what the rule's method says
   * @param read reads them from the device, together with what else is asked for
   * @return makes the maps of what was read
   */
  static Function<List<float[]>, RuleMaps> of(
      LayerGradients gradients, Rule rule, Weighed weighed, DeviceRead read) {
    NDArray weights = weighed.weights;
    NDArray activations = gradients.trace().activations();
    int count = gradients.rows().count();
    int maps = (int) activations.getShape().get(1);
    Shape grid = weighed.maps.orElse(activations).getShape();
    int cells = (int) (grid.get(grid.dimension() - 2) * grid.get(grid.dimension() - 1));
    int filters = rule.filters().perFilter() ? rule.filters().indices().size() : 0;
    int samples = gradients.sampleWeights().map(single -> (int) single.getShape().get(1)).orElse(0);
    boolean spatial = weights.getShape().get(2) * weights.getShape().get(3) > 1;
    NDArray contributions =
        spatial
            ? weights.mul(activations).sum(SPACE)
            : activations.sum(SPACE).mul(weights.reshape(count, maps));
    Places places =
        new Places(
            read.add(
                weighed
                    .maps
                    .map(whole -> SaliencyMaps.of(whole, rule.neurons()))
                    .orElseGet(
                        () ->
                            SaliencyMaps.combine(
                                weights, activations, rule.filters(), rule.neurons()))),
            read.add(weights.reshape(count, maps, -1).mean(new int[] {2})),
            read.add(contributions.abs()),
            filters > 0
                ? OptionalInt.of(
                    read.add(
                        SaliencyMaps.perFilter(
                            weights, activations, rule.filters(), rule.neurons())))
                : OptionalInt.empty(),
            added(
                gradients.sampleWeights(),
                single ->
                    read.add(
                        SaliencyMaps.samples(single, activations, rule.filters(), rule.neurons()))),
            added(
                weighed.errors,
                off ->
                    read.add(
                        SaliencyMaps.errors(off, activations, rule.filters(), rule.neurons())
                            .reshape(count, cells)
                            .max(new int[] {1}))));
    Sizes sizes = new Sizes(maps, cells, filters, samples);
    return found -> new RuleMaps(sizes, places, found);
  }

  private static OptionalInt added(Optional<NDArray> array, ToIntFunction<NDArray> add) {
    return array.isPresent() ? OptionalInt.of(add.applyAsInt(array.get())) : OptionalInt.empty();
  }

  private static float[] found(List<float[]> all, OptionalInt place) {
    return place.isPresent() ? all.get(place.getAsInt()) : new float[0];
  }

  /** The map of one row, {@code [h·w]}. */
  float[] map(int row) {
    return slice(saliency, row, cells);
  }

  /** The row's maps of single feature maps, if requested. */
  List<float[]> filterMaps(int row) {
    List<float[]> own = new ArrayList<>();
    for (int filter = 0; filter < filters; filter++) {
      own.add(slice(perFilter, row * filters + filter, cells));
    }
    return own;
  }

  /** w_k, {@code [K]}; the mean over the neurons if each neuron has its own weight. */
  float[] weights(int row) {
    return slice(weights, row, maps);
  }

  /** |sum_ij w_k A_k,ij|, {@code [K]}. */
  float[] relevance(int row) {
    return slice(relevance, row, maps);
  }

  /**
   * The share of a row's map that rounding decides: how far any of its cells may be off, divided by
   * the map's maximum; 0 to 1.
   */
  double undetermined(int row) {
    if (errors.length == 0 || errors[row] == 0) {
      return 0;
    }
    float highest = 0;
    for (int cell = row * cells; cell < (row + 1) * cells; cell++) {
      highest = Math.max(highest, saliency[cell]);
    }
    double share = errors[row] / (double) highest;
    return share < 1 ? share : 1;
  }

  /** How well the maps of single noise samples agree, if there are several that are not blank. */
  OptionalDouble sampleAgreement(int row) {
    if (samples == 0) {
      return OptionalDouble.empty();
    }
    double agreement = SampleAgreement.of(slice(perSample, row, samples * cells), samples, cells);
    return Double.isNaN(agreement) ? OptionalDouble.empty() : OptionalDouble.of(agreement);
  }

  private static float[] slice(float[] rows, int row, int length) {
    return Arrays.copyOfRange(rows, row * length, (row + 1) * length);
  }
}
