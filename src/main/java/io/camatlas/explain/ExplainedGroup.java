package io.camatlas.explain;

import io.camatlas.explain.Prediction.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The images of one clean pass, their targets, and their explanations so far.
 *
 * <p>A pass may have more rows than there are images, if the batch is padded; such rows have no
 * targets and no outcome.
 */
final class ExplainedGroup {
  private final int rows;
  private final List<List<Integer>> rules;
  private final List<ActivationSummary> layers;
  private final List<PreparedImage> images = new ArrayList<>();
  private final List<Prediction> predictions = new ArrayList<>();
  private final Map<Integer, ImageOutcome.Skipped> skipped = new HashMap<>();
  private final Map<Slot, Explanation> explanations = new HashMap<>();
  private final Deque<Runnable> later = new ArrayDeque<>();

  /**
   * Creates a group without images.
   *
   * @param rows of the clean pass: images and padding
   * @param layers activations of the clean images at each layer
   * @param rules those that make maps at each layer
   */
  ExplainedGroup(int rows, List<ActivationSummary> layers, List<List<Integer>> rules) {
    this.rows = rows;
    this.layers = List.copyOf(layers);
    this.rules = List.copyOf(rules);
  }

  /** Adds the image of the next row. */
  void add(PreparedImage image, Prediction prediction) {
    images.add(image);
    predictions.add(prediction);
  }

  /** All rows, including padding. */
  Rows rows() {
    return new Rows(0, rows);
  }

  PreparedImage image(int row) {
    return images.get(row);
  }

  Prediction prediction(int row) {
    return predictions.get(row);
  }

  /** Activations of an image's feature maps at a layer. */
  ActivationSummary activations(int row, int layer) {
    return layers.get(layer).image(row);
  }

  /** The value that a row's noise is derived from; padding gets noise too. */
  long noiseKey(int row) {
    return row < images.size() ? images.get(row).decoded().noiseKey() : 0;
  }

  private List<Target> targets(int row) {
    return row < images.size() ? predictions.get(row).targets() : List.of();
  }

  int mostTargets() {
    return predictions.stream().mapToInt(p -> p.targets().size()).max().orElse(0);
  }

  boolean hasTargets(Rows some) {
    return some.stream().anyMatch(row -> !targets(row).isEmpty());
  }

  /**
   * The classes of all rows' targets, {@code [rows, ranks]} one row after another, or -1 for none.
   *
   * @param count number of rows; those beyond the images have no targets
   */
  float[] classes(int count) {
    int ranks = mostTargets();
    float[] classes = new float[count * ranks];
    Arrays.fill(classes, -1);
    for (int row = 0; row < images.size(); row++) {
      List<Target> targets = targets(row);
      for (int rank = 0; rank < targets.size(); rank++) {
        classes[row * ranks + rank] = targets.get(rank).index();
      }
    }
    return classes;
  }

  /** How many of these rows are padding. */
  int padding(Rows some) {
    return some.from(images.size());
  }

  /** The rows whose images still need an explanation of their target of a given rank. */
  int[] waiting(int rank, Rows some) {
    return some.stream()
        .filter(row -> rank < targets(row).size() && !skipped.containsKey(row))
        .toArray();
  }

  void put(Slot slot, Explanation explanation) {
    explanations.put(slot, explanation);
  }

  /** Adds work that needs the device no more; it is done when the outcomes are asked for. */
  void later(Runnable work) {
    later.add(work);
  }

  /** Does what was left for later. */
  void measure() {
    while (!later.isEmpty()) {
      later.remove().run();
    }
  }

  /** Marks an image as skipped. */
  void skip(int row, ImageOutcome.Skipped outcome) {
    skipped.put(row, outcome);
  }

  /** One outcome for each image, once what was left for later is done. */
  List<ImageOutcome> outcomes() {
    measure();
    List<ImageOutcome> outcomes = new ArrayList<>();
    for (int row = 0; row < images.size(); row++) {
      outcomes.add(skipped.containsKey(row) ? skipped.get(row) : explained(row));
    }
    return outcomes;
  }

  private ImageOutcome explained(int row) {
    PreparedImage image = images.get(row);
    Prediction prediction = predictions.get(row);
    List<Explanation> all = new ArrayList<>();
    for (int rank = 0; rank < prediction.targets().size(); rank++) {
      for (int layer = 0; layer < layers.size(); layer++) {
        for (int rule : rules.get(layer)) {
          all.add(explanations.get(new Slot(row, rank, layer, rule)));
        }
      }
    }
    return new ImageOutcome.Explained(image.image(), image.decoded(), prediction, all);
  }
}
