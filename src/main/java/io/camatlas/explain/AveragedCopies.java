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
import io.camatlas.cam.Scalars;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.model.Network;
import io.camatlas.model.Network.ForwardPass;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Changed copies of some rows of a group, and the sums of their gradients so far. */
final class AveragedCopies {
  private final NDManager manager;
  private final ProbePlan plan;
  private final List<Integer> layers;
  private final CopySource source;
  private final boolean weighted;
  private final Rows rows;
  private final ExplainedGroup group;
  private final GroupReadout readout;
  private final NDArray images;
  private final NDArray known;
  private final NDArray classes;
  private final List<List<Sums>> byRank = new ArrayList<>();

  /**
   * Gradients at one layer for the targets of one rank, of the methods that differentiate the same.
   *
   * @param at the layer's place among those averaged
   * @param activations of the clean images
   * @param score what is differentiated
   * @param derivatives sums of the derivatives over samples
   * @param weights the weights that each sample gives by itself, in parts, for each method
   */
  private record Sums(
      int rank,
      int at,
      NDArray activations,
      ScoreTransform score,
      DerivativeSums derivatives,
      Map<GradientMethod, NDList> weights) {}

  /**
   * What is averaged over the same copies.
   *
   * @param source makes the copies
   * @param methods those of each layer, by its place in the plan; none is empty
   */
  record Averaged(CopySource source, SortedMap<Integer, List<GradientMethod>> methods) {
    /** The methods of a layer, by what they differentiate. */
    private SortedMap<ScoreTransform, List<GradientMethod>> byScore(int layer) {
      return methods.get(layer).stream()
          .collect(Collectors.groupingBy(GradientMethod::score, TreeMap::new, Collectors.toList()));
    }

    /** The highest order of derivatives that methods read, at least 1. */
    private static int orders(List<GradientMethod> some) {
      return some.stream().mapToInt(GradientMethod::highestOrder).reduce(1, Math::max);
    }

    /** How many sums of derivatives one target of one image takes. */
    long numbers(ProbePlan plan) {
      return methods.keySet().stream()
          .mapToLong(
              layer -> {
                ProbedLayer probed = plan.layers().get(layer);
                int orders = byScore(layer).values().stream().mapToInt(Averaged::orders).sum();
                return (long) orders * probed.maps() * probed.height() * probed.width();
              })
          .sum();
    }
  }

  /**
   * Creates the sums without samples.
   *
   * @param manager owns the sums; the caller closes it
   * @param plan what a pass returns
   * @param averaged what is averaged at which layers
   * @param cleanPass the clean pass of the whole group, of all layers
   * @param readout which pixels' scores are read
   * @param clean the whole group's images
   * @param classes of the whole group's targets, {@code [rows, ranks]}
   */
  AveragedCopies(
      NDManager manager,
      ProbePlan plan,
      Averaged averaged,
      Rows rows,
      ExplainedGroup group,
      ForwardPass cleanPass,
      GroupReadout readout,
      NDArray clean,
      NDArray classes) {
    this.manager = manager;
    this.layers = List.copyOf(averaged.methods.keySet());
    this.plan = plan.ofLayers(layers);
    this.source = averaged.source;
    this.weighted =
        averaged.methods.values().stream()
            .flatMap(List::stream)
            .anyMatch(method -> method.score() == ScoreTransform.EXP);
    this.rows = rows;
    this.group = group;
    this.readout = readout;
    List<NDArray> activations = new ArrayList<>();
    for (int layer : layers) {
      activations.add(rows.of(cleanPass.activations(layer), manager));
    }
    this.images = rows.of(clean, manager);
    this.known = source.known(images);
    this.classes = rows.of(classes, manager);
    for (int rank = 0; rank < group.mostTargets(); rank++) {
      List<Sums> sums = new ArrayList<>();
      for (int at = 0; at < activations.size(); at++) {
        for (Map.Entry<ScoreTransform, List<GradientMethod>> same :
            averaged.byScore(layers.get(at)).entrySet()) {
          Map<GradientMethod, NDList> own = new LinkedHashMap<>();
          same.getValue().forEach(method -> own.put(method, new NDList()));
          int orders = Averaged.orders(same.getValue());
          sums.add(
              new Sums(
                  rank,
                  at,
                  activations.get(at),
                  same.getKey(),
                  new DerivativeSums(manager, orders, same.getKey()),
                  own));
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
  void add(Network network, PassClock clock, int first, int size) {
    try (NDManager scratch = manager.newSubManager()) {
      NDArray own = images.reshape(images.getShape());
      own.attach(scratch);
      NDArray copies = source.of(own, known, rows, group, first, size);
      copies.attach(scratch);
      long start = System.nanoTime();
      ForwardPass pass = network.forward(plan, copies, readout.of(rows, size, scratch));
      clock.pass(start, (long) rows.count() * size, (long) group.padding(rows) * size);
      for (int rank = 0; rank < byRank.size(); rank++) {
        try (NDManager perTarget = scratch.newSubManager()) {
          NDArray repeated = GroupPasses.ofRank(classes, rank).repeat(0, size);
          repeated.attach(perTarget);
          List<NDArray> gradients = pass.gradients(repeated, rank + 1 == byRank.size());
          NDArray targetScores =
              weighted
                  ? picked(pass.scores(), repeated, perTarget).reshape(rows.count(), size)
                  : null;
          List<Sums> ofRank = byRank.get(rank);
          for (int i = 0; i < ofRank.size(); i++) {
            Sums sums = ofRank.get(i);
            NDArray found = gradients.get(sums.at);
            // Sums scale what they are given.
            boolean again = i + 1 < ofRank.size() && ofRank.get(i + 1).at == sums.at;
            add(sums, again ? found.duplicate() : found, first, size, targetScores, perTarget);
          }
        }
      }
    }
  }

  private void add(
      Sums sums, NDArray gradients, int first, int size, NDArray scores, NDManager scratch) {
    Shape shape = gradients.getShape();
    NDArray samples =
        gradients.reshape(rows.count(), size, shape.get(1), shape.get(2), shape.get(3));
    gradients.attach(scratch);
    samples.attach(scratch);
    source
        .weights(first, size)
        .ifPresent(weights -> samples.muli(scratch.create(weights, new Shape(1, size, 1, 1, 1))));
    sums.derivatives.add(samples, scores);
    if (source.copies() > 1) {
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

  /**
   * Gives the results for each rank, layer and method in turn, once all samples are added.
   *
   * @param all of the same kind and number of rows, those of one after those of another, at least
   *     one; results are of all their rows
   * @param manager owns what is computed; that of the sums, or one below it
   */
  static void deliver(
      List<AveragedCopies> all,
      NDManager manager,
      BiConsumer<LayerGradients, GradientMethod> reader) {
    AveragedCopies first = all.get(0);
    Rows rows = new Rows(first.rows.from(), all.size() * first.rows.count());
    for (int rank = 0; rank < first.byRank.size(); rank++) {
      for (int i = 0; i < first.byRank.get(rank).size(); i++) {
        List<Sums> parts = new ArrayList<>();
        for (AveragedCopies one : all) {
          parts.add(one.byRank.get(rank).get(i));
        }
        Sums sums = joined(parts, manager);
        LayerTrace trace = sums.derivatives.trace(sums.activations);
        sums.weights.forEach(
            (method, samples) -> {
              Optional<NDArray> single =
                  samples.isEmpty() ? Optional.empty() : Optional.of(NDArrays.concat(samples, 1));
              reader.accept(
                  new LayerGradients(rows, sums.rank, first.layers.get(sums.at), trace, single),
                  method);
            });
      }
    }
  }

  private static Sums joined(List<Sums> parts, NDManager manager) {
    Sums first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    Map<GradientMethod, NDList> weights = new LinkedHashMap<>();
    first.weights.forEach(
        (method, samples) -> {
          NDList joined = new NDList();
          for (int sample = 0; sample < samples.size(); sample++) {
            int at = sample;
            joined.add(rows(parts, part -> part.weights.get(method).get(at), manager));
          }
          weights.put(method, joined);
        });
    return new Sums(
        first.rank,
        first.at,
        rows(parts, Sums::activations, manager),
        first.score,
        DerivativeSums.joined(manager, parts.stream().map(Sums::derivatives).toList()),
        weights);
  }

  private static NDArray rows(List<Sums> parts, Function<Sums, NDArray> of, NDManager manager) {
    NDArray joined = NDArrays.concat(new NDList(parts.stream().map(of).toList()), 0);
    joined.attach(manager);
    return joined;
  }
}
