package io.camatlas.model;

import java.io.Serializable;
import java.util.List;

/**
 * What a probed archive returns for which input, found by running it.
 *
 * @param input shape of one image
 * @param classes C, number of scores
 * @param pixels what each image has scores of, if not of itself as a whole
 * @param layers the layers probed, in the order in which they were asked for
 * @param check how the probed archive is run, and how its scores compare with the model's own
 * @param canary scores of a fixed image, to check devices with
 */
public record ProbePlan(
    InputShape input,
    int classes,
    ScoreGrid pixels,
    List<ProbedLayer> layers,
    ScoreCheck check,
    Canary canary)
    implements Serializable {
  public ProbePlan {
    layers = List.copyOf(layers);
  }

  ProbePlan withLayers(List<ProbedLayer> others) {
    return new ProbePlan(input, classes, pixels, others, check, canary);
  }

  /** The same with some of the layers, by their places. */
  public ProbePlan ofLayers(List<Integer> places) {
    return withLayers(places.stream().map(layers::get).toList());
  }

  /** The same without all layers but the first, for those who need no layer's output. */
  public ProbePlan ofFirstLayer() {
    return withLayers(layers.subList(0, 1));
  }

  ProbePlan withCheck(ScoreCheck other) {
    return new ProbePlan(input, classes, pixels, layers, other, canary);
  }

  /**
   * The same; where there is no linear head, gradients are taken to be off by at least this share.
   * A ReLU or a maximum behind the layer that lies within rounding of its switch turns in one order
   * of addition and not in another, and moves all gradients of its image.
   */
  ProbePlan withSwitches(double share) {
    return withLayers(
        layers.stream()
            .map(
                layer ->
                    layer.hasLinearHead()
                        ? layer
                        : layer.withRounding(Math.max(share, layer.rounding())))
            .toList());
  }

  /** The same, with its input laid out in another way. */
  public ProbePlan withLayout(Layout layout) {
    return withCheck(check.withLayout(layout));
  }
}
