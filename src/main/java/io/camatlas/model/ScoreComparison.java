package io.camatlas.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.torchscript.ArchiveException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds out how a probed archive has to be run so that it says what the model says: in which
 * layout, in batches or one image at a time, and whether the model is random.
 *
 * <p>The model as it came, run on single images of noise, is the reference.
 */
final class ScoreComparison {
  private static final System.Logger LOG = System.getLogger(ScoreComparison.class.getName());

  private static final int IMAGES = 4;
  private static final int PASSES = 2;

  /**
   * Where the code draws random numbers, a difference may be rare: of 128 passes that each drop
   * something with a probability of 5 %, one in 700 times none does.
   */
  private static final int PASSES_OF_RANDOM_CODE = 32;

  private static final int ROUNDED_IMAGES = 2;

  /** Rounding within a network changes scores by some times what rounding of its input does. */
  private static final double ROUNDINGS = 50;

  /** Passes of one array of numbers round alike on a CPU. */
  private static final double SAME = 1e-6;

  /** Scores that change more than this are no longer equal, however they come about. */
  private static final double MOST = 0.02;

  /** Images of noise to tell a logit from a probability, and their contrast. */
  private static final int EXTREME_IMAGES = 12;

  private static final float EXTREME = 4;
  private static final long EXTREME_SEED = 5;

  private final Network network;
  private final InputShape input;
  private final Precision precision;
  private final NDManager manager;
  private final NDArray images;
  private final float[][] reference = new float[IMAGES][];
  private double scale;
  private double tolerance;
  private double largest;

  private ScoreComparison(
      Network network, InputShape input, Precision precision, NDManager manager) {
    this.network = network;
    this.input = input;
    this.precision = precision;
    this.manager = manager;
    this.images = new NoiseImages(input, Canary.SEED).next(manager, IMAGES);
  }

  /** What is known of a model before any layer is tapped. */
  record Plain(ScoreComparison comparison, int classes, ScoreGrid pixels, ScoreCheck check) {
    Canary canary() {
      return Canary.of(comparison.reference[0], check);
    }
  }

  /**
   * What is known of a model's code.
   *
   * @param drawsRandomNumbers be it only while training
   * @param choosesByImage whether images decide which of it runs; four images of noise need not
   *     show that one decides for others
   */
  record Code(boolean drawsRandomNumbers, boolean choosesByImage) {}

  /**
   * Runs the model as it came, then the probed one with no layer tapped.
   *
   * @param manager owns the images that are compared; the caller closes it
   * @param allowRandom whether two passes of one image may differ
   * @throws NetworkException if the model fails on a single image
   * @throws ArchiveException if its scores are no scores of classes, or random
   */
  static Plain plain(
      Network network,
      InputShape input,
      Precision precision,
      Code code,
      boolean allowRandom,
      NDManager manager) {
    return new ScoreComparison(network, input, precision, manager).run(code, allowRandom);
  }

  private Plain run(Code code, boolean allowRandom) {
    for (int i = 0; i < IMAGES; i++) {
      reference[i] = single(i);
      scale = Math.max(scale, ScoreDifference.scale(reference[i]));
    }
    boolean random = isRandom(code.drawsRandomNumbers() ? PASSES_OF_RANDOM_CODE : PASSES);
    tolerance = precision.scoreTolerance();
    boolean oneByOne = code.choosesByImage();
    Layout layout = Layout.PLANAR;
    if (!random) {
      tolerance = Math.max(tolerance, Math.min(MOST, ROUNDINGS * sensitivity()));
      oneByOne = oneByOne || !takesBatches();
      largest = 0;
      Optional<Layout> found = layout(oneByOne);
      // With no layer tapped the code is the same, so only chance makes a difference.
      random = found.isEmpty();
      layout = found.orElse(Layout.PLANAR);
    }
    if (random && !allowRandom) {
      throw new ArchiveException(
          "The model gives one image different scores in two passes (by up to "
              + percent(largest)
              + " of the largest score): something in it is random at inference, such as dropout,"
              + " stochastic depth or torch.rand, or it remembers earlier images. Call model.eval()"
              + " before you export it, or set `allow-random` to explain it as it is.");
    }
    return new Plain(
        this,
        reference[0].length,
        pixels(),
        new ScoreCheck(layout, oneByOne, random, IMAGES, largest, tolerance, kind(), 0));
  }

  /**
   * How far the scores are from those of 32 bits.
   *
   * @param probed the archive that the network was loaded from
   */
  RoundedScores rounded(Path probed) {
    return RoundedScores.of(probed, images, reference);
  }

  private NDArray rows(int from, int count) {
    return images.get(from + ":" + (from + count));
  }

  /** The model's own scores of one image. */
  private float[] single(int image) {
    NDArray scores = network.scores(rows(image, 1));
    Shape shape = scores.getShape();
    if (shape.dimension() != 2 || shape.get(0) != 1) {
      throw new ArchiveException(
          "The model returns scores "
              + shape
              + " for one image; they must be [N,classes], or [N,classes,H,W] if every pixel has"
              + " scores. Name another output, or export a model that returns such.");
    }
    return scores.toFloatArray();
  }

  private ScoreGrid pixels() {
    return network
        .forward(List.of(), Layout.PLANAR, rows(0, 1))
        .pixels()
        .map(scored -> scored.winners().getShape())
        .map(shape -> new ScoreGrid((int) shape.get(1), (int) shape.get(2)))
        .orElse(ScoreGrid.NONE);
  }

  /** How much scores change where the input is changed by about as much as it is rounded. */
  private double sensitivity() {
    double most = 0;
    for (int i = 0; i < 2; i++) {
      NDArray image = rows(i, 1);
      NDArray factor = image.sign().mul(precision.roundingUnit()).add(1);
      most = Math.max(most, difference(network.scores(image.mul(factor)).toFloatArray(), i));
    }
    return most;
  }

  private boolean isRandom(int passes) {
    largest = 0;
    for (int pass = 0; pass < passes && largest <= SAME; pass++) {
      for (int i = 0; i < IMAGES; i++) {
        largest = Math.max(largest, difference(network.scores(rows(i, 1)).toFloatArray(), i));
      }
    }
    return largest > SAME;
  }

  /** Whether the scores of an image are the same beside others. */
  private boolean takesBatches() {
    try {
      return agrees(network.scores(images), 0, IMAGES);
    } catch (NetworkException e) {
      LOG.log(System.Logger.Level.DEBUG, "no batches", e);
      return false;
    }
  }

  /**
   * Channels last if that gives the scores of the model as it came: convolutions then take 0.47 to
   * 0.78 of the time, measured with VGG-16, ResNet-18 and -50, DenseNet-121 and SqueezeNet on two
   * CPU cores. A run that has many images ahead times both on its own devices.
   *
   * @return empty if neither gives these scores
   */
  private Optional<Layout> layout(boolean oneByOne) {
    for (Layout layout : List.of(Layout.CHANNELS_LAST, Layout.PLANAR)) {
      largest = 0;
      if (agrees(layout, List.of(), oneByOne)) {
        return Optional.of(layout);
      }
    }
    return Optional.empty();
  }

  /**
   * Chooses a layout for tapped layers, starting with the one of the plain check.
   *
   * @throws ArchiveException naming the layers whose tap changes the scores
   */
  ScoreCheck tapped(ScoreCheck plain, List<ProbedLayer> layers) {
    if (plain.random()) {
      return plain;
    }
    for (Layout layout : List.of(plain.layout(), Layout.PLANAR)) {
      largest = 0;
      if (agrees(layout, layers, plain.oneByOne())) {
        return new ScoreCheck(
            layout, plain.oneByOne(), false, IMAGES, largest, tolerance, plain.scores(), 0);
      }
    }
    double together = largest;
    List<String> names = new ArrayList<>();
    for (ProbedLayer layer : layers) {
      largest = 0;
      if (!agrees(Layout.PLANAR, List.of(layer), plain.oneByOne())) {
        names.add("'" + layer.name() + "'");
        together = largest;
      }
    }
    if (names.isEmpty()) {
      layers.forEach(layer -> names.add("'" + layer.name() + "'"));
    }
    throw new ArchiveException(
        (names.size() == 1 ? "Layer " : "Layers ")
            + String.join(", ", names)
            + " cannot be probed without changing what the model says: its scores would differ by"
            + (Double.isFinite(together) ? " up to " + percent(together) : " an unknown share")
            + " of the largest score. Either later code changes this output in place while other"
            + " code still uses it, or it holds complex numbers. Choose a layer before or behind"
            + " it.");
  }

  /**
   * The layers with the rounding of their gradients: half the median relative difference between
   * the two layouts, in which sums are computed in another order; at least that of the precision.
   * Some networks lose most of the digits on the way back through their layers.
   */
  List<ProbedLayer> withRounding(ScoreCheck check, List<ProbedLayer> layers) {
    double[] rounding = new double[layers.size()];
    Arrays.fill(rounding, precision.gradientRounding());
    if (check.layout() == Layout.CHANNELS_LAST) {
      for (int image = 0; image < ROUNDED_IMAGES; image++) {
        try (NDManager scratch = manager.newSubManager()) {
          NDArray one = rows(image, 1);
          one.attach(scratch);
          int[] target = {highest(reference[image])};
          Network.ForwardPass pass = network.forward(layers, Layout.CHANNELS_LAST, one);
          List<float[]> found =
              pass.gradients(target, true).stream().map(NDArray::toFloatArray).toList();
          Network.ForwardPass other = network.forward(layers, Layout.PLANAR, one);
          List<NDArray> others = other.gradients(target, true);
          for (int i = 0; i < rounding.length; i++) {
            double off = medianDifference(found.get(i), others.get(i).toFloatArray()) / 2;
            rounding[i] = Math.max(rounding[i], off);
          }
        } catch (NetworkException e) {
          LOG.log(System.Logger.Level.DEBUG, "no gradients to compare", e);
        }
      }
    }
    List<ProbedLayer> measured = new ArrayList<>();
    for (int i = 0; i < rounding.length; i++) {
      measured.add(layers.get(i).withRounding(rounding[i]));
    }
    return measured;
  }

  private static int highest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  /** Median of |a - b| / |a| where a is not zero; 0 if it is zero everywhere. */
  private static double medianDifference(float[] a, float[] b) {
    double[] shares = new double[a.length];
    int count = 0;
    for (int i = 0; i < a.length; i++) {
      if (a[i] != 0) {
        shares[count++] = Math.abs(((double) a[i] - b[i]) / a[i]);
      }
    }
    Arrays.sort(shares, 0, count);
    return count == 0 ? 0 : shares[count / 2];
  }

  private boolean agrees(Layout layout, List<ProbedLayer> layers, boolean oneByOne) {
    int together = oneByOne ? 1 : IMAGES;
    boolean agrees = true;
    for (int from = 0; from < IMAGES; from += together) {
      try (NDManager scratch = manager.newSubManager()) {
        NDArray some = rows(from, together);
        some.attach(scratch);
        Network.ForwardPass pass = network.forward(layers, layout, some);
        requireOneEach(pass, layers, together);
        agrees &= agrees(pass.overall(), from, together);
      } catch (LayerSkippedException e) {
        // Another image may call it; these scores are compared as those of any other.
        LOG.log(System.Logger.Level.DEBUG, "layer skipped", e);
      } catch (NetworkException e) {
        LOG.log(System.Logger.Level.DEBUG, "layout fails", e);
        largest = Double.POSITIVE_INFINITY;
        return false;
      }
    }
    return agrees;
  }

  /** Gradients of a layer that returns another number of rows would be those of several images. */
  private static void requireOneEach(
      Network.ForwardPass pass, List<ProbedLayer> layers, int images) {
    for (int i = 0; i < layers.size(); i++) {
      long rows = pass.activations(i).getShape().get(0);
      if (rows != images) {
        throw new ArchiveException(
            "Layer '%s' returns %d rows for %d images; each image must have one. Choose another layer."
                .formatted(layers.get(i).name(), rows, images));
      }
    }
  }

  private boolean agrees(NDArray scores, int from, int count) {
    int classes = reference[0].length;
    if (!scores.getShape().equals(new Shape(count, classes))) {
      largest = Double.POSITIVE_INFINITY;
      return false;
    }
    float[] all = scores.toFloatArray();
    double most = 0;
    for (int i = 0; i < count; i++) {
      float[] own = Arrays.copyOfRange(all, i * classes, (i + 1) * classes);
      most = Math.max(most, difference(own, from + i));
    }
    largest = Math.max(largest, most);
    return most <= tolerance;
  }

  /** The largest difference to the reference, as a share of the largest score. */
  private double difference(float[] scores, int image) {
    return ScoreDifference.of(scores, reference[image], scale);
  }

  /**
   * Whether the one class of every pixel looks like a probability: above 0 everywhere, and small.
   */
  private boolean isShareOfPixels() {
    Readout winning = Readout.winning(ScoreKind.LOGITS);
    for (int i = 0; i < IMAGES; i++) {
      Network.ForwardPass pass = network.forward(List.of(), Layout.PLANAR, rows(i, 1), winning);
      float won = pass.pixels().map(pixels -> pixels.shares().getFloat(0, 0)).orElse(0f);
      float mean = pass.scores().getFloat(0, 0);
      if (won < 1 || mean > 1) {
        return false;
      }
    }
    return true;
  }

  /** A logit may lie from 0 to 1 for a few images, but hardly for all that are more extreme. */
  private boolean oneScoreStaysWithinShares() {
    NoiseImages noise = new NoiseImages(input, EXTREME_SEED);
    for (int i = 0; i < EXTREME_IMAGES; i++) {
      try (NDManager scratch = manager.newSubManager()) {
        float score = network.scores(noise.next(scratch, 1).mul(EXTREME)).toFloatArray()[0];
        if (!(score >= 0 && score <= 1)) {
          return false;
        }
      }
    }
    return true;
  }

  private ScoreKind kind() {
    if (pixels().isDense()) {
      return reference[0].length == 1 && isShareOfPixels()
          ? ScoreKind.PROBABILITIES
          : ScoreKind.LOGITS;
    }
    boolean probabilities = true;
    boolean logarithms = true;
    boolean shares = true;
    for (float[] row : reference) {
      double sum = 0;
      double exponentials = 0;
      for (float score : row) {
        probabilities &= score >= 0;
        logarithms &= score <= 0;
        shares &= score >= 0 && score <= 1;
        sum += score;
        exponentials += Math.exp(score);
      }
      probabilities &= Math.abs(sum - 1) < 1e-3 + precision.scoreTolerance();
      logarithms &= Math.abs(exponentials - 1) < 1e-3 + precision.scoreTolerance();
    }
    if (reference[0].length == 1) {
      return shares && oneScoreStaysWithinShares()
          ? ScoreKind.MULTI_LABEL_PROBABILITIES
          : ScoreKind.LOGITS;
    }
    return probabilities
        ? ScoreKind.PROBABILITIES
        : logarithms
            ? ScoreKind.LOG_PROBABILITIES
            : shares ? ScoreKind.MULTI_LABEL_PROBABILITIES : ScoreKind.LOGITS;
  }

  private static String percent(double share) {
    return Double.isFinite(share)
        ? String.format(Locale.ROOT, "%.2g %%", 100 * share)
        : "more than can be told";
  }
}
