package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.SaliencyMaps;
import io.camatlas.explain.Explanation.FeatureMapUse;
import io.camatlas.image.Box;
import io.camatlas.image.PixelMapping;
import io.camatlas.localize.FractionBox;
import io.camatlas.localize.Localization;
import io.camatlas.localize.SampleAgreement;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network.ForwardPass;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.PriorityQueue;

/** Takes from the device what leaves it: maps, weights and a few numbers for each feature map. */
final class ResultReader {
  /** Feature maps that are told in detail for each explanation. */
  static final int TOP_FEATURE_MAPS = 20;

  private static final int[] SPACE = {2, 3};

  private final ExplainSettings settings;
  private final ProbePlan plan;
  private final ModelCard card;
  private final Map<String, Integer> classIndex = new HashMap<>();

  ResultReader(ExplainSettings settings, ProbePlan plan, ModelCard card) {
    this.settings = settings;
    this.plan = plan;
    this.card = card;
    for (int i = 0; i < card.classes().size(); i++) {
      classIndex.putIfAbsent(card.classes().get(i), i);
    }
  }

  /** Reads predictions and activations of a clean pass and settles each image's targets. */
  ExplainedGroup begin(List<PreparedImage> images, ForwardPass pass) {
    float[] scores = pass.scores().toFloatArray();
    ImageOutcome.Skipped[] skipped = new ImageOutcome.Skipped[images.size()];
    List<ExplainedGroup.Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      float[] own = Arrays.copyOfRange(scores, i * plan.classes(), (i + 1) * plan.classes());
      PreparedImage image = images.get(i);
      int label = image.input().label().map(name -> classIndex.getOrDefault(name, -1)).orElse(-1);
      int best = 0;
      boolean finite = true;
      for (int c = 0; c < own.length; c++) {
        finite &= Float.isFinite(own[c]);
        best = own[c] > own[best] ? c : best;
      }
      List<ExplainedGroup.Target> targets = List.of();
      if (!finite) {
        skipped[i] =
            image.skipped(
                ImageOutcome.Stage.FORWARD, "scores are not finite", "The model returned NaN.");
      } else {
        targets = ExplainedGroup.Target.listOf(settings.targets().of(own, label));
        if (targets.isEmpty()) {
          skipped[i] = noTarget(image);
        }
      }
      predictions.add(
          new ExplainedGroup.Prediction(
              label, best, own, card.scores().probabilities(own), targets));
    }
    ExplainedGroup group =
        new ExplainedGroup(
            images,
            predictions,
            skipped,
            plan.layers().size(),
            settings.rules().size(),
            (int) pass.scores().getShape().get(0));
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      NDArray activations = pass.activations(layer);
      Shape shape = activations.getShape();
      NDArray flat = activations.reshape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3));
      group.meanActivations[layer] = flat.mean(new int[] {2}).toFloatArray();
      group.maxima[layer] = flat.max(new int[] {2}).toFloatArray();
      group.maximumCells[layer] = flat.argMax(2).toLongArray();
    }
    return group;
  }

  private static ImageOutcome.Skipped noTarget(PreparedImage image) {
    return image
        .input()
        .label()
        .map(
            label ->
                image.skipped(
                    ImageOutcome.Stage.TARGET,
                    "label is not a class",
                    "label '" + label + "' is not among the model's classes"))
        .orElseGet(
            () ->
                image.skipped(
                    ImageOutcome.Stage.TARGET,
                    "no label",
                    "the target is the label, and the image has none"));
  }

  /** Reads the maps of one rule and target rank for consecutive images. */
  void read(
      ExplainedGroup group,
      int rank,
      int ruleIndex,
      int from,
      int count,
      ProbedLayer layer,
      int layerIndex,
      NDArray activations,
      NDArray weights) {
    Rule rule = settings.rules().get(ruleIndex);
    int maps = layer.maps();
    int cells = layer.height() * layer.width();
    float[] saliency =
        SaliencyMaps.combine(weights, activations, rule.filters(), rule.neurons()).toFloatArray();
    boolean spatial = weights.getShape().get(2) * weights.getShape().get(3) > 1;
    float[] channelWeights = weights.reshape(count, maps, -1).mean(new int[] {2}).toFloatArray();
    NDArray contributions =
        spatial
            ? weights.mul(activations).sum(SPACE)
            : activations.sum(SPACE).mul(weights.reshape(count, maps));
    float[] relevance = contributions.abs().toFloatArray();
    float[] perFilter =
        rule.filters().perFilter()
            ? SaliencyMaps.perFilter(weights, activations, rule.filters(), rule.neurons())
                .toFloatArray()
            : new float[0];
    int filters = perFilter.length / Math.max(1, count * cells);
    for (int i = 0; i < count; i++) {
      int image = from + i;
      if (group.isPadding(image)
          || group.isSkipped(image)
          || rank >= group.prediction(image).targets().size()) {
        continue;
      }
      float[] map = Arrays.copyOfRange(saliency, i * cells, (i + 1) * cells);
      float[] own = Arrays.copyOfRange(channelWeights, i * maps, (i + 1) * maps);
      if (!isFinite(map) || !isFinite(own)) {
        group.skip(
            image,
            ImageOutcome.Stage.EXPLAIN,
            "map is not finite",
            "gradients or activations of layer " + layer.name() + " overflow float32");
        continue;
      }
      List<float[]> filterMaps = new ArrayList<>();
      for (int f = 0; f < filters; f++) {
        int start = (i * filters + f) * cells;
        filterMaps.add(Arrays.copyOfRange(perFilter, start, start + cells));
      }
      group.put(
          image,
          rank,
          layerIndex,
          explanation(
              group,
              image,
              rank,
              ruleIndex,
              layer,
              layerIndex,
              map,
              filterMaps,
              own,
              relevance,
              i * maps));
    }
  }

  private Explanation explanation(
      ExplainedGroup group,
      int image,
      int rank,
      int rule,
      ProbedLayer layer,
      int layerIndex,
      float[] map,
      List<float[]> filterMaps,
      float[] weights,
      float[] relevance,
      int relevanceStart) {
    int maps = layer.maps();
    PreparedImage prepared = group.image(image);
    ExplainedGroup.Prediction prediction = group.prediction(image);
    ExplainedGroup.Target target = prediction.targets().get(rank);
    Localization localization = Localization.of(map, layer.height(), layer.width());
    PixelMapping mapping = prepared.mapping();
    double cellWidth = (double) plan.input().width() / layer.width();
    double cellHeight = (double) plan.input().height() / layer.height();
    boolean blank = localization.empty();
    return new Explanation(
        target.index(),
        target.reasons(),
        prediction.scores()[target.index()],
        layer.name(),
        rule,
        map,
        filterMaps,
        layer.height(),
        layer.width(),
        weights,
        Arrays.copyOfRange(group.meanActivations[layerIndex], image * maps, (image + 1) * maps),
        Arrays.copyOfRange(group.maxima[layerIndex], image * maps, (image + 1) * maps),
        Arrays.stream(group.maximumCells[layerIndex], image * maps, (image + 1) * maps)
            .mapToInt(cell -> (int) cell)
            .toArray(),
        topFeatureMaps(group, image, layer, layerIndex, relevance, relevanceStart),
        localization,
        blank ? Double.NaN : mapping.toOriginalX((localization.peakColumn() + 0.5) * cellWidth),
        blank ? Double.NaN : mapping.toOriginalY((localization.peakRow() + 0.5) * cellHeight),
        pixels(localization.largestPart(), mapping),
        pixels(localization.allParts(), mapping),
        OptionalDouble.empty());
  }

  private Optional<Box> pixels(FractionBox box, PixelMapping mapping) {
    int width = plan.input().width();
    int height = plan.input().height();
    return Optional.ofNullable(box)
        .map(
            b ->
                mapping.toOriginal(
                    new Box(b.x0() * width, b.y0() * height, b.x1() * width, b.y1() * height)));
  }

  private static List<FeatureMapUse> topFeatureMaps(
      ExplainedGroup group,
      int image,
      ProbedLayer layer,
      int layerIndex,
      float[] relevance,
      int start) {
    int maps = layer.maps();
    // The least relevant on top; of equals the one with the higher index goes first.
    PriorityQueue<Integer> best =
        new PriorityQueue<>(
            (a, b) -> {
              int byRelevance = Float.compare(relevance[start + a], relevance[start + b]);
              return byRelevance != 0 ? byRelevance : Integer.compare(b, a);
            });
    for (int k = 0; k < maps; k++) {
      best.add(k);
      if (best.size() > TOP_FEATURE_MAPS) {
        best.remove();
      }
    }
    List<FeatureMapUse> top = new ArrayList<>();
    while (!best.isEmpty()) {
      int k = best.remove();
      int at = image * maps + k;
      int cell = (int) group.maximumCells[layerIndex][at];
      top.add(
          0,
          new FeatureMapUse(
              k,
              relevance[start + k],
              group.maxima[layerIndex][at],
              cell / layer.width(),
              cell % layer.width()));
    }
    return top;
  }

  /** Reads how far the single samples' maps agree, {@code maps} being {@code [count,n,h·w]}. */
  void readSamples(
      ExplainedGroup group, int rank, int rule, int from, int count, int layer, NDArray maps) {
    int samples = (int) maps.getShape().get(1);
    int cells = (int) maps.getShape().get(2);
    float[] all = maps.toFloatArray();
    for (int i = 0; i < count; i++) {
      int image = from + i;
      if (group.isPadding(image)
          || group.isSkipped(image)
          || rank >= group.prediction(image).targets().size()) {
        continue;
      }
      float[] own = Arrays.copyOfRange(all, i * samples * cells, (i + 1) * samples * cells);
      double agreement = SampleAgreement.of(own, samples, cells);
      if (!Double.isNaN(agreement)) {
        Explanation before = group.explanation(image, rank, layer, rule);
        group.put(image, rank, layer, before.withSampleAgreement(agreement));
      }
    }
  }

  /** Says that samples agree, as they have one map; about one sample nothing is said. */
  void agree(ExplainedGroup group, int rank, int rule, int count, int layer) {
    if (settings.rules().get(rule).method().noise().samples() < 2) {
      return;
    }
    for (int image = 0; image < count; image++) {
      if (group.isPadding(image)
          || group.isSkipped(image)
          || rank >= group.prediction(image).targets().size()) {
        continue;
      }
      Explanation before = group.explanation(image, rank, layer, rule);
      for (float value : before.map()) {
        if (value != before.map()[0]) {
          group.put(image, rank, layer, before.withSampleAgreement(1));
          break;
        }
      }
    }
  }

  private static boolean isFinite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
