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
 * What explaining with n noisy copies costs, against n plain inference forwards of the same images
 * at the same batch size.
 *
 * <p>Explaining counts everything from the encoded image to the finished record: decoding, the
 * clean pass, noise, n passes, the backward passes and all measurements.
 */
public final class SamplingBenchmark {
  private final PreparedModel model;
  private final ModelCard card;
  private final ExplainSettings settings;
  private final int threads;

  /**
   * @param model a probed model
   * @param card its card
   * @param settings how to explain; {@code batch} is also the number of images
   * @param threads of one operation
   */
  public SamplingBenchmark(
      PreparedModel model, ModelCard card, ExplainSettings settings, int threads) {
    this.model = model;
    this.card = card;
    this.settings = settings;
    this.threads = threads;
  }

  /**
   * One round's times.
   *
   * @param plainSeconds n forwards of the batch
   * @param explainSeconds explaining the batch
   */
  public record Round(double plainSeconds, double explainSeconds) {
    /** Explaining over plain forwards. */
    public double ratio() {
      return explainSeconds / plainSeconds;
    }
  }

  /** Runs rounds, the two variants in turns, after one round that is not counted. */
  public List<Round> run(int rounds) {
    Network.prepareThread(threads);
    InputShape input = model.plan().input();
    int passes = settings.method().noise().passes();
    List<ImageInput> images = images(input, settings.batch());
    List<Round> measured = new ArrayList<>();
    try (Network network = Network.load(model.file(), Device.cpu());
        NDManager manager = network.newManager()) {
      NoisePool pool = new NoisePool(manager, 1, input.elements());
      Explainer explainer =
          new Explainer(network, model.plan(), sized(card, input), settings, pool);
      float[] pixels = new float[settings.batch() * input.elements()];
      Random random = new Random(1);
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) random.nextGaussian();
      }
      NDArray batch =
          manager.create(
              pixels, new Shape(settings.batch(), input.channels(), input.height(), input.width()));
      for (int round = -1; round < rounds; round++) {
        long start = System.nanoTime();
        for (int pass = 0; pass < passes; pass++) {
          try (NDManager scratch = network.newManager()) {
            network.plainScores("forward", batch, scratch).toFloatArray();
          }
        }
        long middle = System.nanoTime();
        Iterator<ImageOutcome> outcomes = explainer.explain(images.iterator());
        while (outcomes.hasNext()) {
          if (outcomes.next() instanceof ImageOutcome.Skipped skipped) {
            throw new IllegalStateException("An image failed: " + skipped.detail());
          }
        }
        long end = System.nanoTime();
        if (round >= 0) {
          measured.add(new Round((middle - start) / 1e9, (end - middle) / 1e9));
        }
      }
    }
    return measured;
  }

  /** The measured rounds as lines of text, medians last. */
  public String text(List<Round> rounds) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s %s, n = %d, batch %d, %d threads: seconds for %d plain forwards and for %s%n",
            card.name(),
            model.plan().layers().get(0).name(),
            settings.method().noise().samples(),
            settings.batch(),
            threads,
            settings.method().noise().passes(),
            settings.method().name()));
    for (Round round : rounds) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %7.2f %7.2f   ratio %.3f%n",
              round.plainSeconds(),
              round.explainSeconds(),
              round.ratio()));
    }
    return text.append(
            String.format(
                Locale.ROOT,
                "  %7.2f %7.2f   ratio %.3f   medians%n",
                median(rounds.stream().mapToDouble(Round::plainSeconds).toArray()),
                median(rounds.stream().mapToDouble(Round::explainSeconds).toArray()),
                median(rounds.stream().mapToDouble(Round::ratio).toArray())))
        .toString();
  }

  private static double median(double[] values) {
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
