package io.camatlas.bench;

import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/** Measures how much the maps of each speed option differ from those of the 64-bit network. */
public final class RoundingBenchmark {
  private static final int SAMPLES = 8;
  private static final int IMAGES = 4;

  private final int threads;

  /**
   * @param threads threads per operation
   */
  public RoundingBenchmark(int threads) {
    this.threads = threads;
  }

  /**
   * One option.
   *
   * @param model name of the model
   * @param layer the layer that was explained
   * @param option the option that is on
   * @param difference largest difference from the reference over all maps and cells, relative to
   *     the map's maximum
   * @param milliseconds milliseconds per image; measured once, not in turns
   */
  public record Result(
      String model, String layer, String option, double difference, double milliseconds) {}

  private record Maps(List<float[]> maps, double milliseconds) {}

  /** Runs the measurements and prints each line as soon as it is known. */
  public List<Result> run(Path folder, PrintStream out) throws IOException {
    List<Result> results = new ArrayList<>();
    out.printf(
        "%-14s %-16s %-24s %24s %12s%n",
        "model", "layer", "option", "from 64 bits, of maximum", "ms per image");
    compare(RandomModel.SQUEEZENET1_1, "features.12", folder, results, out);
    compare(RandomModel.DENSENET121, "features.norm5", folder, results, out);
    compare(RandomModel.RESNET50, "layer3", folder, results, out);
    compare(RandomModel.RESNET50, "layer4", folder, results, out);
    // After the ReLU: before it, sums of activations come close to zero, and so do the denominators
    // of alpha. 32 bits are then not enough to determine the map, whatever computes it.
    compare(RandomModel.VGG16, "features.29", folder, results, out);
    return results;
  }

  private void compare(
      RandomModel random, String layer, Path folder, List<Result> results, PrintStream out)
      throws IOException {
    ExplainSettings sampled = SmoothSettings.of(SAMPLES, 1, 8, false);
    Maps reference;
    try (ProbedNetwork exact = ProbedNetwork.random(random, layer, Precision.FLOAT64, folder)) {
      reference = explain(exact, sampled);
      results.add(result(exact, layer, "float64", reference, reference, out));
    }
    try (ProbedNetwork usual = ProbedNetwork.random(random, layer, Precision.FLOAT32, folder)) {
      results.add(result(usual, layer, "float32", explain(usual, sampled), reference, out));
      Maps single = explain(usual, SmoothSettings.of(SAMPLES, 1, 1, false));
      results.add(result(usual, layer, "float32, batch 1", single, reference, out));
      ExplainSettings closed = SmoothSettings.of(SAMPLES, 1, 8, true);
      if (closed.isClosedForm(usual.model().plan())) {
        results.add(
            result(usual, layer, "float32, closed form", explain(usual, closed), reference, out));
      }
    }
    for (Precision precision : List.of(Precision.FLOAT16, Precision.BFLOAT16)) {
      try (ProbedNetwork narrow = ProbedNetwork.random(random, layer, precision, folder)) {
        results.add(
            result(narrow, layer, precision.toString(), explain(narrow, sampled), reference, out));
      }
    }
  }

  private static Result result(
      ProbedNetwork probed,
      String layer,
      String option,
      Maps maps,
      Maps reference,
      PrintStream out) {
    double difference = 0;
    for (int i = 0; i < maps.maps.size(); i++) {
      difference = Math.max(difference, difference(maps.maps.get(i), reference.maps.get(i)));
    }
    Result result = new Result(probed.card().name(), layer, option, difference, maps.milliseconds);
    out.printf(
        Locale.ROOT,
        "%-14s %-16s %-24s %24.1e %12.1f%n",
        result.model,
        layer,
        option,
        difference,
        result.milliseconds);
    return result;
  }

  private static double difference(float[] map, float[] reference) {
    double most = 0;
    double difference = 0;
    for (int i = 0; i < map.length; i++) {
      most = Math.max(most, Math.abs(reference[i]));
      difference = Math.max(difference, Math.abs((double) map[i] - reference[i]));
    }
    return most == 0 ? difference : difference / most;
  }

  private Maps explain(ProbedNetwork probed, ExplainSettings settings) {
    Network.prepareThread(threads);
    List<ImageInput> images = NoisePictures.jpegs(probed.model().plan().input(), IMAGES);
    try (Explainer explainer = probed.explainer(settings)) {
      long start = System.nanoTime();
      List<float[]> maps = new ArrayList<>();
      Iterator<ImageOutcome> outcomes = explainer.explain(images.iterator());
      while (outcomes.hasNext()) {
        if (outcomes.next() instanceof ImageOutcome.Explained explained) {
          explained.explanations().forEach(explanation -> maps.add(explanation.map().values()));
        }
      }
      if (maps.size() != IMAGES) {
        throw new IllegalStateException(
            maps.size()
                + " of "
                + IMAGES
                + " images have a map; in this"
                + " benchmark every image must have one.");
      }
      return new Maps(maps, 1000 * Turns.since(start) / IMAGES);
    }
  }
}
