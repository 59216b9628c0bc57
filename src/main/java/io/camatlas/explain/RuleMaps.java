package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import io.camatlas.cam.LayerTrace;
import io.camatlas.cam.SaliencyMaps;
import io.camatlas.localize.SampleAgreement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.ToIntFunction;

/**
 * The maps and weights that one rule computes from {@link LayerGradients}, read from the device all
 * at once, one row after another.
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

  /**
   * Computes and reads a rule's maps.
   *
   * @param gradients the gradients at a layer
   * @param rule which feature maps and neurons are summed
   * @param weights the weights that the rule's method gives, {@code [N,K,1,1]} or {@code [N,K,h,w]}
   * @param weightErrors what rounding may have moved them by, if the method divides by anything
   */
  RuleMaps(LayerGradients gradients, Rule rule, NDArray weights, Optional<NDArray> weightErrors) {
    LayerTrace trace = gradients.trace();
    NDArray activations = trace.activations();
    int count = gradients.rows().count();
    this.maps = (int) activations.getShape().get(1);
    this.cells = (int) (activations.getShape().get(2) * activations.getShape().get(3));
    DeviceRead read = new DeviceRead();
    int ofMaps =
        read.add(SaliencyMaps.combine(weights, activations, rule.filters(), rule.neurons()));
    int ofWeights = read.add(weights.reshape(count, maps, -1).mean(new int[] {2}));
    boolean spatial = weights.getShape().get(2) * weights.getShape().get(3) > 1;
    NDArray contributions =
        spatial
            ? weights.mul(activations).sum(SPACE)
            : activations.sum(SPACE).mul(weights.reshape(count, maps));
    int ofRelevance = read.add(contributions.abs());
    this.filters = rule.filters().perFilter() ? rule.filters().indices().size() : 0;
    OptionalInt ofFilters =
        filters > 0
            ? OptionalInt.of(
                read.add(
                    SaliencyMaps.perFilter(weights, activations, rule.filters(), rule.neurons())))
            : OptionalInt.empty();
    this.samples =
        gradients.sampleWeights().map(single -> (int) single.getShape().get(1)).orElse(0);
    OptionalInt ofErrors =
        added(
            weightErrors,
            off ->
                read.add(
                    SaliencyMaps.errors(off, activations, rule.filters(), rule.neurons())
                        .reshape(count, cells)
                        .max(new int[] {1})));
    OptionalInt ofSamples =
        added(
            gradients.sampleWeights(),
            single ->
                read.add(
                    SaliencyMaps.samples(single, activations, rule.filters(), rule.neurons())));
    List<float[]> found = read.read();
    this.saliency = found.get(ofMaps);
    this.weights = found.get(ofWeights);
    this.relevance = found.get(ofRelevance);
    this.perFilter = found(found, ofFilters);
    this.errors = found(found, ofErrors);
    this.perSample = found(found, ofSamples);
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
