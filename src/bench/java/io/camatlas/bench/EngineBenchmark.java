package io.camatlas.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.PreparedModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the cost of explaining in units of plain inference forwards of the same images at the
 * same batch size.
 *
 * <p>The cost of explaining includes everything from the encoded image to the finished record:
 * decoding, the clean pass, noise, n passes, the backward passes and all measurements. Variants
 * take turns.
 */
public final class EngineBenchmark {
  private static final int PLAIN_FORWARDS = 8;
  private static final String PLAIN = "plain forward";

  private final PreparedModel model;
  private final ModelCard card;
  private final int threads;

  /**
   * @param model a probed model
   * @param card its card
   * @param threads threads per operation
   */
  public EngineBenchmark(PreparedModel model, ModelCard card, int threads) {
    this.model = model;
    this.card = card;
    this.threads = threads;
  }

  /**
   * One way to explain a batch.
   *
   * @param label what is special about the variant
   * @param settings how to explain; {@code batch} is also the number of images
   */
  public record Variant(String label, ExplainSettings settings) {}

  /**
   * The times of a variant, by round.
   *
   * @param model name of the model
   * @param layer the layer that was explained
   * @param label label of the variant
   * @param samples number of noisy copies of an image
   * @param batch number of images
   * @param plainSeconds seconds for one plain forward of the batch
   * @param explainSeconds seconds for explaining the batch
   */
  public record Result(
      String model,
      String layer,
      String label,
      int samples,
      int batch,
      double[] plainSeconds,
      double[] explainSeconds) {

    /** The ratio of explaining to one plain forward in each round, in ascending order. */
    public double[] forwards() {
      return Turns.ratios(explainSeconds, plainSeconds);
    }
  }

  /**
   * Runs rounds, after a warm-up round that is not counted.
   *
   * @param variants variants with the same batch size
   */
  public List<Result> run(List<Variant> variants, int rounds) {
    InputShape input = model.plan().input();
    int batch = variants.get(0).settings().batch();
    List<ImageInput> images = NoisePictures.jpegs(input, batch);
    Map<String, double[]> seconds;
    try (ProbedNetwork probed = new ProbedNetwork(model, card)) {
      NDArray rows =
          probed
              .manager()
              .create(
                  NoisePictures.pixels(input, batch),
                  new Shape(batch, input.channels(), input.height(), input.width()));
      Map<String, Turns.Way> ways = new LinkedHashMap<>();
      ways.put(PLAIN, () -> plain(probed.plain(), rows));
      for (Variant variant : variants) {
        Explainer explainer = probed.explainer(variant.settings());
        ways.put(
            name(variant),
            () -> {
              Network.prepareThread(threads);
              return ProbedNetwork.seconds(explainer, images);
            });
      }
      seconds = Turns.take(ways, rounds);
    }
    List<Result> results = new ArrayList<>();
    for (Variant variant : variants) {
      results.add(
          new Result(
              card.name(),
              model.plan().layers().get(0).name(),
              variant.label(),
              variant.settings().noise().samples(),
              batch,
              seconds.get(PLAIN),
              seconds.get(name(variant))));
    }
    return results;
  }

  private static String name(Variant variant) {
    return variant.label() + variant.settings().noise().samples();
  }

  private double plain(PlainNetwork network, NDArray rows) {
    Network.prepareThread(threads);
    long start = System.nanoTime();
    for (int i = 0; i < PLAIN_FORWARDS; i++) {
      network.run(rows);
    }
    return Turns.since(start) / PLAIN_FORWARDS;
  }

  /** The heading of {@link #text}. */
  public static String heading() {
    return String.format(
        Locale.ROOT,
        "%-14s %-16s %-20s %3s %5s %12s %12s %10s   %s%n",
        "model",
        "layer",
        "variant",
        "n",
        "batch",
        "forward ms",
        "explain ms",
        "forwards",
        "over n forwards (least, most)");
  }

  /** A variant's medians per image, as a line of text. */
  public static String text(Result result) {
    double[] forwards = result.forwards();
    int passes = Math.max(1, result.samples());
    return String.format(
        Locale.ROOT,
        "%-14s %-16s %-20s %3d %5d %12.1f %12.1f %10.2f   %.3f (%.3f, %.3f)%n",
        result.model(),
        result.layer(),
        result.label(),
        result.samples(),
        result.batch(),
        1000 * Turns.median(result.plainSeconds()) / result.batch(),
        1000 * Turns.median(result.explainSeconds()) / result.batch(),
        Turns.median(forwards),
        Turns.median(forwards) / passes,
        forwards[0] / passes,
        forwards[forwards.length - 1] / passes);
  }
}
