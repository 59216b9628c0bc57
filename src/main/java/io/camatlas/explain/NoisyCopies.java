package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.DerivativeSums;
import io.camatlas.cam.GradientMethod;
import io.camatlas.cam.LayerTrace;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.Scalars;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.model.Network;
import io.camatlas.model.Network.ForwardPass;
import io.camatlas.model.ProbePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Noisy copies of some rows of a group, and the sums of their gradients so far. */
final class NoisyCopies {
  private final NDManager manager;
  private final ProbePlan plan;
  private final List<GradientMethod> methods;
  private final NoisePlan noise;
  private final Rows rows;
  private final ExplainedGroup group;
  private final GroupReadout readout;
  private final NDArray images;
  private final NDArray sigma;
  private final NDArray classes;
  private final List<List<Sums>> byRank = new ArrayList<>();

  /**
   * Gradients at one layer for the targets of one rank, of the methods that differentiate the same.
   *
   * @param activations of the clean images
   * @param score what is differentiated
   * @param derivatives sums of the derivatives over samples
   * @param weights the weights that each sample gives by itself, in parts, for each method
   */
  private record Sums(
      int rank,
      int layer,
      NDArray activations,
      ScoreTransform score,
      DerivativeSums derivatives,
      Map<GradientMethod, NDList> weights) {}

  /**
   * Creates the sums without samples.
   *
   * @param methods with the same noise; at least one
   * @param manager owns the sums; the caller closes it
   * @param cleanPass the clean pass of the whole group
   * @param readout which pixels' scores are read
   * @param clean the whole group's images
   * @param classes of the whole group's targets, {@code [rows, ranks]}
   */
  NoisyCopies(
      NDManager manager,
      ProbePlan plan,
      List<GradientMethod> methods,
      Rows rows,
      ExplainedGroup group,
      ForwardPass cleanPass,
      GroupReadout readout,
      NDArray clean,
      NDArray classes) {
    this.manager = manager;
    this.plan = plan;
    this.methods = methods;
    this.noise = methods.get(0).noise();
    this.rows = rows;
    this.group = group;
    this.readout = readout;
    List<NDArray> activations = new ArrayList<>();
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      activations.add(rows.of(cleanPass.activations(layer), manager));
    }
    this.images = rows.of(clean, manager);
    this.sigma = sigma();
    this.classes = rows.of(classes, manager);
    for (int rank = 0; rank < group.mostTargets(); rank++) {
      List<Sums> sums = new ArrayList<>();
      for (int layer = 0; layer < activations.size(); layer++) {
        for (ScoreTransform score : ScoreTransform.values()) {
          Map<GradientMethod, NDList> own = new LinkedHashMap<>();
          methods.stream()
              .filter(method -> method.score() == score)
              .forEach(method -> own.put(method, new NDList()));
          int order = own.keySet().stream().mapToInt(GradientMethod::highestOrder).max().orElse(0);
          if (!own.isEmpty()) {
            sums.add(
                new Sums(
                    rank,
                    layer,
                    activations.get(layer),
                    score,
                    new DerivativeSums(manager, Math.max(1, order), score),
                    own));
          }
        }
      }
      byRank.add(sums);
    }
  }

  /**
   * Runs some samples of every row in one pass, and adds their gradients.
   *
   * @param first number of the first sample
   * @param size number of samples of each row
   */
  void add(Network network, NoisePool pool, PassClock clock, int first, int size) {
    try (NDManager scratch = manager.newSubManager()) {
      long[] offsets =
          pool.offsets(rows.stream().mapToLong(group::noiseKey).toArray(), first, size);
      NDArray copies = network.noisy(images, pool.numbers(), offsets, sigma);
      copies.attach(scratch);
      long start = System.nanoTime();
      ForwardPass pass = network.forward(plan, copies, readout.of(rows, size, scratch));
      clock.pass(start, (long) rows.count() * size, (long) group.padding(rows) * size);
      for (int rank = 0; rank < byRank.size(); rank++) {
        try (NDManager perTarget = scratch.newSubManager()) {
          NDArray repeated = GroupPasses.ofRank(classes, rank).repeat(0, size);
          repeated.attach(perTarget);
          List<NDArray> gradients = pass.gradients(repeated, rank + 1 == byRank.size());
          boolean weighted =
              methods.stream().anyMatch(method -> method.score() == ScoreTransform.EXP);
          NDArray targetScores =
              weighted
                  ? picked(pass.scores(), repeated, perTarget).reshape(rows.count(), size)
                  : null;
          List<Sums> ofRank = byRank.get(rank);
          for (int i = 0; i < ofRank.size(); i++) {
            Sums sums = ofRank.get(i);
            NDArray own = gradients.get(sums.layer);
            // Sums scale what they are given.
            boolean again = i + 1 < ofRank.size() && ofRank.get(i + 1).layer == sums.layer;
            add(sums, again ? own.duplicate() : own, size, targetScores, perTarget);
          }
        }
      }
    }
  }

  private void add(Sums sums, NDArray gradients, int size, NDArray scores, NDManager scratch) {
    Shape shape = gradients.getShape();
    NDArray samples =
        gradients.reshape(rows.count(), size, shape.get(1), shape.get(2), shape.get(3));
    gradients.attach(scratch);
    samples.attach(scratch);
    sums.derivatives.add(samples, scores);
    if (noise.samples() > 1) {
      sums.weights.forEach(
          (method, parts) ->
              method
                  .sampleWeights(sums.activations, sums.derivatives.scale(), samples)
                  .ifPresent(
                      weights -> {
                        weights.attach(manager);
                        parts.add(weights);
                      }));
    }
  }

  /** The score of each copy's class; one without a class gets that of any. */
  static NDArray picked(NDArray scores, NDArray classes, NDManager scratch) {
    NDArray indices =
        classes.maximum(Scalars.of(scratch, 0)).toType(DataType.INT64, false).reshape(-1, 1);
    indices.attach(scratch);
    NDArray picked = scores.gather(indices, 1);
    picked.attach(scratch);
    return picked;
  }

  /** Gives the results for each rank, layer and method in turn, once all samples are added. */
  void deliver(BiConsumer<LayerGradients, GradientMethod> reader) {
    for (List<Sums> ofRank : byRank) {
      for (Sums sums : ofRank) {
        LayerTrace trace = sums.derivatives.trace(sums.activations);
        sums.weights.forEach(
            (method, parts) -> {
              Optional<NDArray> single =
                  parts.isEmpty() ? Optional.empty() : Optional.of(NDArrays.concat(parts, 1));
              reader.accept(new LayerGradients(rows, sums.rank, sums.layer, trace, single), method);
            });
      }
    }
  }

  /** Standard deviation of the noise for each image, {@code [N,1,1]}, in normalised input units. */
  private NDArray sigma() {
    if (noise.scale() == NoiseScale.ABSOLUTE) {
      return manager.full(new Shape(rows.count(), 1, 1), (float) noise.sigma());
    }
    NDArray flat = images.reshape(rows.count(), plan.input().elements());
    int[] row = {1};
    return flat.max(row)
        .sub(flat.min(row))
        .mul(Scalars.of(flat, noise.sigma()))
        .reshape(rows.count(), 1, 1);
  }
}
