package io.camatlas.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The images of one clean pass, their targets, and what has been found out about them so far.
 *
 * <p>A pass has more rows than there are images where a batch is filled up; such rows have no
 * targets and no outcome.
 */
final class ExplainedGroup {
  /** What the clean pass said of one image. */
  record Prediction(
      int labelIndex, int predicted, float[] scores, float[] probabilities, List<Target> targets) {}

  /** A class to explain and why. */
  record Target(int index, List<String> reasons) {
    static List<Target> listOf(Map<Integer, List<String>> targets) {
      return targets.entrySet().stream().map(e -> new Target(e.getKey(), e.getValue())).toList();
    }
  }

  private final List<PreparedImage> images;
  private final List<Prediction> predictions;
  private final ImageOutcome.Skipped[] skipped;
  private final Explanation[][][][] explanations;
  private final int rows;

  /** What the feature maps of the clean images did, by layer: means, maxima and their cells. */
  final float[][] meanActivations;

  final float[][] maxima;
  final long[][] maximumCells;

  ExplainedGroup(
      List<PreparedImage> images,
      List<Prediction> predictions,
      ImageOutcome.Skipped[] skipped,
      int layers,
      int rules,
      int rows) {
    this.images = images;
    this.rows = rows;
    this.predictions = predictions;
    this.skipped = skipped;
    this.explanations = new Explanation[images.size()][][][];
    for (int i = 0; i < explanations.length; i++) {
      explanations[i] = new Explanation[predictions.get(i).targets.size()][layers][rules];
    }
    this.meanActivations = new float[layers][];
    this.maxima = new float[layers][];
    this.maximumCells = new long[layers][];
  }

  /** Images and padding. */
  int rows() {
    return rows;
  }

  PreparedImage image(int index) {
    return images.get(index);
  }

  /** What noise of a row derives from; padding gets noise as well. */
  long noiseKey(int row) {
    return row < images.size() ? images.get(row).noiseKey() : 0;
  }

  private List<Target> targets(int row) {
    return row < images.size() ? predictions.get(row).targets : List.of();
  }

  Prediction prediction(int index) {
    return predictions.get(index);
  }

  int mostTargets() {
    return predictions.stream().mapToInt(p -> p.targets.size()).max().orElse(0);
  }

  boolean hasTargets(int from, int count) {
    return IntStream.range(from, from + count).anyMatch(row -> !targets(row).isEmpty());
  }

  /** The class of each row's target of one rank, or -1. */
  int[] targets(int rank, int from, int count) {
    int[] classes = new int[count];
    for (int i = 0; i < count; i++) {
      List<Target> targets = targets(from + i);
      classes[i] = rank < targets.size() ? targets.get(rank).index : -1;
    }
    return classes;
  }

  /** The clean score of each image's target of one rank, or 0. */
  float[] scores(int rank, int from, int count) {
    int[] classes = targets(rank, from, count);
    float[] scores = new float[count];
    for (int i = 0; i < count; i++) {
      scores[i] = classes[i] < 0 ? 0 : predictions.get(from + i).scores[classes[i]];
    }
    return scores;
  }

  Explanation explanation(int image, int rank, int layer, int rule) {
    return explanations[image][rank][layer][rule];
  }

  void put(int image, int rank, int layer, Explanation explanation) {
    explanations[image][rank][layer][explanation.rule()] = explanation;
  }

  void skip(int image, ImageOutcome.Stage stage, String reason, String detail) {
    skipped[image] = images.get(image).skipped(stage, reason, detail);
  }

  /** How many of some rows are padding. */
  int padding(int from, int count) {
    return Math.max(0, from + count - Math.max(from, images.size()));
  }

  boolean isPadding(int row) {
    return row >= images.size();
  }

  boolean isSkipped(int image) {
    return skipped[image] != null;
  }

  List<ImageOutcome> outcomes() {
    List<ImageOutcome> outcomes = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      outcomes.add(skipped[i] != null ? skipped[i] : explained(i));
    }
    return outcomes;
  }

  private ImageOutcome explained(int index) {
    PreparedImage image = images.get(index);
    Prediction prediction = predictions.get(index);
    List<Explanation> all = new ArrayList<>();
    for (Explanation[][] ofTarget : explanations[index]) {
      for (Explanation[] ofLayer : ofTarget) {
        all.addAll(Arrays.asList(ofLayer));
      }
    }
    return new ImageOutcome.Explained(
        image.input().id(),
        image.input().path(),
        image.input().label(),
        image.input().boxes(),
        image.input().mask(),
        image.sha256(),
        image.width(),
        image.height(),
        image.mapping().view(),
        image.mapping().inputHeight(),
        image.mapping().inputWidth(),
        prediction.labelIndex,
        prediction.predicted,
        prediction.probabilities,
        prediction.targets.stream().map(Target::index).toList(),
        all);
  }
}
