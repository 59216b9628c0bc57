package io.camatlas.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.NoisePool;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.image.ChannelOrder;
import io.camatlas.image.Crop;
import io.camatlas.image.Interpolation;
import io.camatlas.image.Preprocessing;
import io.camatlas.image.Resize;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.PreparedModel;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * What explaining costs in plain inference forwards of the same images at the same batch size.
 *
 * <p>Explaining counts everything from the encoded image to the finished record: decoding, the
 * clean pass, noise, n passes, the backward passes and all measurements. Variants take turns.
 */
public final class EngineBenchmark {
  private static final int PLAIN_FORWARDS = 8;

  private final PreparedModel model;
  private final ModelCard card;
  private final int threads;

  /**
   * @param model a probed model
   * @param card its card
   * @param threads of one operation
   */
  public EngineBenchmark(PreparedModel model, ModelCard card, int threads) {
    this.model = model;
    this.card = card;
    this.threads = threads;
  }

  /**
   * One way to explain a batch.
   *
   * @param label says what is special about it
   * @param settings how to explain; {@code batch} is also the number of images
   */
  public record Variant(String label, ExplainSettings settings) {
    int passes() {
      return settings.method().noise().passes();
    }
  }

  /**
   * What a variant took, by round.
   *
   * @param model its name
   * @param layer that was explained
   * @param label of the variant
   * @param samples noisy copies of an image
   * @param batch images
   * @param plainSeconds one plain forward of the batch
   * @param explainSeconds explaining the batch
   */
  public record Result(
      String model,
      String layer,
      String label,
      int samples,
      int batch,
      double[] plainSeconds,
      double[] explainSeconds) {

    /** Explaining over one plain forward, by round, from small to large. */
    public double[] forwards() {
      double[] ratios = new double[plainSeconds.length];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = explainSeconds[i] / plainSeconds[i];
      }
      Arrays.sort(ratios);
      return ratios;
    }
  }

  /**
   * Runs rounds, after one that is not counted.
   *
   * @param variants of one batch size
   */
  public List<Result> run(List<Variant> variants, int rounds) {
    Network.prepareThread(threads);
    InputShape input = model.plan().input();
    int batch = variants.get(0).settings().batch();
    List<ImageInput> images = images(input, batch);
    double[] plain = new double[rounds];
    double[][] explained = new double[variants.size()][rounds];
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      NoisePool pool = new NoisePool(manager, 1, input.elements());
      float[] pixels = new float[batch * input.elements()];
      Random random = new Random(1);
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) random.nextGaussian();
      }
      NDArray rows =
          manager.create(pixels, new Shape(batch, input.channels(), input.height(), input.width()));
      for (int round = -1; round < rounds; round++) {
        double forward = plain(network, rows);
        for (int v = 0; v < variants.size(); v++) {
          ExplainSettings settings = variants.get(v).settings();
          Explainer explainer =
              new Explainer(network, model.plan(), sized(card, input), settings, pool);
          double seconds = explain(explainer, images);
          if (round >= 0) {
            plain[round] = forward;
            explained[v][round] = seconds;
          }
        }
      }
    }
    List<Result> results = new ArrayList<>();
    for (int v = 0; v < variants.size(); v++) {
      results.add(
          new Result(
              card.name(),
              model.plan().layers().get(0).name(),
              variants.get(v).label(),
              variants.get(v).settings().method().noise().samples(),
              batch,
              plain,
              explained[v]));
    }
    return results;
  }

  private static double plain(Network network, NDArray rows) {
    long start = System.nanoTime();
    for (int i = 0; i < PLAIN_FORWARDS; i++) {
      try (NDManager scratch = network.newManager()) {
        network.plainScores("forward", rows, scratch).toFloatArray();
      }
    }
    return (System.nanoTime() - start) / 1e9 / PLAIN_FORWARDS;
  }

  private static double explain(Explainer explainer, List<ImageInput> images) {
    long start = System.nanoTime();
    Iterator<ImageOutcome> outcomes = explainer.explain(images.iterator());
    while (outcomes.hasNext()) {
      if (outcomes.next() instanceof ImageOutcome.Skipped skipped) {
        throw new IllegalStateException("An image failed: " + skipped.detail());
      }
    }
    return (System.nanoTime() - start) / 1e9;
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

  /** A variant's medians, an image, as a line of text. */
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
        1000 * median(result.plainSeconds()) / result.batch(),
        1000 * median(result.explainSeconds()) / result.batch(),
        median(forwards),
        median(forwards) / passes,
        forwards[0] / passes,
        forwards[forwards.length - 1] / passes);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }

  /** The images already have the input's size, so that the decoder is all that is left to do. */
  private static ModelCard sized(ModelCard card, InputShape input) {
    Preprocessing given = card.preprocessing();
    return new ModelCard(
        card.name(),
        card.classes(),
        card.layer(),
        card.scores(),
        new Preprocessing(
            new Resize.Exact(input.height(), input.width()),
            Interpolation.BILINEAR,
            new Crop.None(),
            input.channels() == 1 ? ChannelOrder.GRAY : ChannelOrder.RGB,
            given.mean(),
            given.std()));
  }

  private static List<ImageInput> images(InputShape input, int count) {
    Random random = new Random(2);
    List<ImageInput> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      BufferedImage image =
          new BufferedImage(input.width(), input.height(), BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < input.height(); y++) {
        for (int x = 0; x < input.width(); x++) {
          image.setRGB(x, y, random.nextInt(1 << 24));
        }
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        ImageIO.write(image, "jpeg", bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      byte[] encoded = bytes.toByteArray();
      images.add(
          new ImageInput(
              "image-" + i,
              "image-" + i,
              Optional.empty(),
              List.of(),
              Optional.empty(),
              () -> encoded));
    }
    return images;
  }
}
