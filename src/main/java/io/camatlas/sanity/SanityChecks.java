package io.camatlas.sanity;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.Explanation;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.NamedImage;
import io.camatlas.explain.Pixels;
import io.camatlas.explain.PreparedImage;
import io.camatlas.explain.TargetSelection;
import io.camatlas.faithfulness.NoisyLinearImputation;
import io.camatlas.faithfulness.PixelOrder;
import io.camatlas.faithfulness.SaliencyGrid;
import io.camatlas.model.InputShape;
import io.camatlas.model.LabelSets;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkException;
import io.camatlas.model.ProbePlan;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.exception.MaxCountExceededException;

/**
 * Makes maps again and compares them with what they were.
 *
 * <p>Weights are shuffled by permuting the values of each tensor, so that their distribution stays;
 * batch norm keeps its statistics. Layers are taken in the order in which the archive declares
 * them, from the last on, and stay shuffled (cascading randomisation). An image keeps its noise, so
 * what differs is the change alone. A map that is blank or the same everywhere has no correlation;
 * such numbers are left out.
 */
public final class SanityChecks {
  private static final System.Logger LOG = System.getLogger(SanityChecks.class.getName());

  /** Shares of the pixels that are replaced, in percent. */
  private static final List<Integer> ROAD_PERCENT = List.of(10, 30, 50, 70);

  /** Apart from the numbers of perturbed copies, which noise is drawn for too. */
  private static final int ROAD_NOISE = 1 << 20;

  private final ProbePlan plan;
  private final ModelCard card;
  private final ExplainSettings explain;
  private final SanitySettings settings;

  /**
   * @param plan what the networks return
   * @param card classes and preprocessing
   * @param explain one rule; its targets are ignored
   * @param settings how maps are made again
   */
  public SanityChecks(
      ProbePlan plan, ModelCard card, ExplainSettings explain, SanitySettings settings) {
    this.plan = plan;
    // Classes by number, since names may occur twice.
    this.card =
        card.withClasses(IntStream.range(0, plan.classes()).mapToObj(String::valueOf).toList());
    this.explain =
        new ExplainSettings(
            explain.rules(),
            new TargetSelection(true, false, 0, List.of()),
            LabelSets.USUAL,
            explain.over(),
            explain.batch(),
            explain.shortcut(),
            explain.limits());
    this.settings = settings;
  }

  /**
   * A map to make again.
   *
   * @param image with pixels that are prepared on the host
   * @param target index of the class
   * @param layer name of the layer
   */
  public record Subject(PreparedImage image, int target, String layer) {
    private float[] pixels() {
      return ((Pixels.Input) image.pixels()).values();
    }

    private Subject with(float[] pixels) {
      return new Subject(
          new PreparedImage(
              image.image(), image.decoded(), new Pixels.Input(pixels), image.marked()),
          target,
          layer);
    }

    private Subject of(int other) {
      return new Subject(image, other, layer);
    }
  }

  /**
   * What maps are made with.
   *
   * @param pool noise of the run, on the network's device; null if the rule uses none
   */
  private record Passes(Network network, NoisePool pool) {}

  /** A map, and the probability of its class. */
  private record Made(float[] map, int height, int width, double probability) {}

  /**
   * Checks maps.
   *
   * @param network as it is
   * @param spare the same network, whose weights nobody needs any more
   * @return numbers of each subject, in order; none for one that cannot be explained
   */
  public List<List<Checked>> of(Network network, Network spare, List<Subject> subjects) {
    List<List<Checked>> found = new ArrayList<>();
    subjects.forEach(subject -> found.add(new ArrayList<>()));
    NoisePlan noise = explain.noise();
    try (NDManager manager = network.newManager()) {
      NoisePool pool =
          noise.isNoisy() ? new NoisePool(manager, noise.seed(), plan.input().elements()) : null;
      Passes passes = new Passes(network, pool);
      List<Optional<Made>> maps = make(passes, subjects);
      if (plan.classes() > 1) {
        compareOtherClass(passes, subjects, maps, found);
      }
      measureSensitivity(passes, subjects, maps, found);
      measureCoherency(passes, subjects, maps, found);
      if (plan.classes() > 1) {
        measureRoad(network, subjects, maps, found);
      }
      shuffle(new Passes(spare, pool), subjects, maps, found);
    }
    return found;
  }

  private List<Optional<Made>> make(Passes passes, List<Subject> subjects) {
    List<PreparedImage> images = new ArrayList<>();
    for (Subject subject : subjects) {
      NamedImage named = subject.image().image();
      images.add(
          new PreparedImage(
              new NamedImage(
                  named.id(), named.path(), Optional.of(String.valueOf(subject.target()))),
              subject.image().decoded(),
              subject.image().pixels(),
              subject.image().marked()));
    }
    List<Optional<Made>> made = new ArrayList<>();
    try (Explainer explainer =
        new Explainer(passes.network(), plan, card, explain, passes.pool())) {
      Iterator<ImageOutcome> outcomes = explainer.explainPrepared(images.iterator());
      for (Subject subject : subjects) {
        made.add(made(outcomes.next(), subject));
      }
    }
    return made;
  }

  private static Optional<Made> made(ImageOutcome outcome, Subject subject) {
    if (!(outcome instanceof ImageOutcome.Explained explained)) {
      return Optional.empty();
    }
    return explained.explanations().stream()
        .filter(one -> one.layer().equals(subject.layer()))
        .findFirst()
        .map(Explanation::map)
        .map(
            map ->
                new Made(
                    map.values(),
                    map.height(),
                    map.width(),
                    explained.prediction().probabilities()[subject.target()]));
  }

  /** Notes a number of each map that both passes have made. */
  private static void note(
      SanityMeasure measure,
      int stage,
      List<Optional<Made>> maps,
      List<Optional<Made>> others,
      Comparison comparison,
      List<List<Checked>> found) {
    for (int i = 0; i < maps.size(); i++) {
      if (maps.get(i).isPresent() && others.get(i).isPresent()) {
        List<Checked> own = found.get(i);
        comparison
            .of(maps.get(i).get().map(), others.get(i).get().map())
            .ifPresent(value -> own.add(new Checked(measure, stage, value)));
      }
    }
  }

  @FunctionalInterface
  private interface Comparison {
    OptionalDouble of(float[] map, float[] other);
  }

  private void compareOtherClass(
      Passes passes, List<Subject> subjects, List<Optional<Made>> maps, List<List<Checked>> found) {
    List<Subject> others = new ArrayList<>();
    for (Subject subject : subjects) {
      int other = random(subject, 0).nextInt(plan.classes() - 1);
      others.add(subject.of(other < subject.target() ? other : other + 1));
    }
    note(SanityMeasure.OTHER_CLASS, 0, maps, make(passes, others), MapSimilarity::ranks, found);
  }

  private SplittableRandom random(Subject subject, int number) {
    long image = Long.parseUnsignedLong(subject.image().decoded().sha256().substring(0, 16), 16);
    long drawn = new SplittableRandom(settings.seed()).nextLong();
    return new SplittableRandom(image ^ drawn ^ ((long) number << 40) ^ subject.target());
  }

  private void measureSensitivity(
      Passes passes, List<Subject> subjects, List<Optional<Made>> maps, List<List<Checked>> found) {
    double[] sums = new double[subjects.size()];
    int[] counts = new int[subjects.size()];
    for (int copy = 1; copy <= settings.perturbations(); copy++) {
      List<Subject> changed = new ArrayList<>();
      for (Subject subject : subjects) {
        changed.add(subject.with(perturbed(subject, copy)));
      }
      List<Optional<Made>> others = make(passes, changed);
      for (int i = 0; i < sums.length; i++) {
        if (maps.get(i).isPresent() && others.get(i).isPresent()) {
          OptionalDouble distance =
              MapSimilarity.distance(maps.get(i).get().map(), others.get(i).get().map());
          if (distance.isPresent()) {
            sums[i] += distance.getAsDouble();
            counts[i]++;
          }
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      if (counts[i] > 0) {
        found.get(i).add(new Checked(SanityMeasure.SENSITIVITY, 0, sums[i] / counts[i]));
      }
    }
  }

  private float[] perturbed(Subject subject, int copy) {
    SplittableRandom random = random(subject, copy);
    float[] pixels = subject.pixels().clone();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] += (float) (settings.radius() * (2 * random.nextDouble() - 1));
    }
    return pixels;
  }

  private void measureCoherency(
      Passes passes, List<Subject> subjects, List<Optional<Made>> maps, List<List<Checked>> found) {
    List<Subject> dimmed = new ArrayList<>();
    List<Optional<float[]>> planes = new ArrayList<>();
    for (int i = 0; i < subjects.size(); i++) {
      Optional<float[]> plane = maps.get(i).flatMap(this::plane);
      planes.add(plane);
      Subject subject = subjects.get(i);
      dimmed.add(plane.map(one -> subject.with(dimmed(subject.pixels(), one))).orElse(subject));
    }
    List<Optional<Made>> others = make(passes, dimmed);
    for (int i = 0; i < subjects.size(); i++) {
      if (planes.get(i).isPresent() && others.get(i).isPresent()) {
        note(maps.get(i).get(), others.get(i).get(), planes.get(i).get(), found.get(i));
      }
    }
  }

  private static void note(Made map, Made other, float[] plane, List<Checked> found) {
    double complexity = MapSimilarity.mean(plane);
    found.add(new Checked(SanityMeasure.COMPLEXITY, 0, complexity));
    OptionalDouble correlation = MapSimilarity.values(map.map(), other.map());
    if (correlation.isEmpty()) {
      return;
    }
    double coherency = (1 + correlation.getAsDouble()) / 2;
    double drop = Math.max(0, map.probability() - other.probability()) / map.probability();
    double adcc = 3 / (1 / coherency + 1 / (1 - complexity) + 1 / (1 - drop));
    found.add(new Checked(SanityMeasure.COHERENCY, 0, coherency));
    if (Double.isFinite(adcc)) {
      found.add(new Checked(SanityMeasure.ADCC, 0, adcc));
    }
  }

  private Optional<float[]> plane(Made map) {
    if (!(MapSimilarity.max(map.map()) > 0)) {
      return Optional.empty();
    }
    return Optional.of(
        new SaliencyGrid(map.map(), map.height(), map.width())
            .upsampled(plan.input().height(), plan.input().width()));
  }

  private void measureRoad(
      Network network,
      List<Subject> subjects,
      List<Optional<Made>> maps,
      List<List<Checked>> found) {
    for (int i = 0; i < subjects.size(); i++) {
      Optional<Made> map = maps.get(i).filter(made -> MapSimilarity.max(made.map()) > 0);
      if (map.isEmpty()) {
        continue;
      }
      Subject subject = subjects.get(i);
      Made made = map.get();
      String sha256 = subject.image().decoded().sha256();
      SaliencyGrid own = new SaliencyGrid(made.map(), made.height(), made.width());
      SaliencyGrid random =
          SaliencyGrid.random(settings.seed(), sha256, made.height(), made.width());
      found.get(i).addAll(road(network, subject, own, SanityMeasure.ROAD));
      found.get(i).addAll(road(network, subject, random, SanityMeasure.ROAD_RANDOM));
    }
  }

  /**
   * Whether a class stays when pixels are replaced; nothing of one that is not predicted at all.
   */
  List<Checked> road(Network network, Subject subject, SaliencyGrid map, SanityMeasure measure) {
    int height = plan.input().height();
    int width = plan.input().width();
    int[] ranks = PixelOrder.ranks(map.upsampled(height, width));
    SplittableRandom noise = random(subject, ROAD_NOISE);
    List<Checked> found = new ArrayList<>();
    if (!isKept(network, subject.pixels(), subject.target()).orElse(false)) {
      return List.of();
    }
    try {
      for (int percent : ROAD_PERCENT) {
        boolean[] removed = new boolean[ranks.length];
        for (int at = 0; at < ranks.length; at++) {
          removed[at] = ranks[at] < (int) ((long) ranks.length * percent / 100);
        }
        float[] pixels = NoisyLinearImputation.of(subject.pixels(), height, width, removed, noise);
        isKept(network, pixels, subject.target())
            .ifPresent(kept -> found.add(new Checked(measure, percent, kept ? 1 : 0)));
      }
    } catch (MaxCountExceededException e) {
      LOG.log(
          System.Logger.Level.WARNING, "Pixels of {0} are not filled in", subject.image().image());
    }
    return found;
  }

  /** Whether a class is predicted; empty if the network has no answer. */
  private Optional<Boolean> isKept(Network network, float[] pixels, int target) {
    InputShape input = plan.input();
    Shape shape = new Shape(1, input.channels(), input.height(), input.width());
    try (NDManager manager = network.newManager()) {
      float[] scores = network.scores(manager.create(pixels, shape)).toFloatArray();
      return isFinite(scores) ? Optional.of(isPredicted(scores, target)) : Optional.empty();
    } catch (NetworkException e) {
      LOG.log(System.Logger.Level.DEBUG, "no scores", e);
      return Optional.empty();
    }
  }

  private static boolean isFinite(float[] scores) {
    for (float score : scores) {
      if (!Float.isFinite(score)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a class is predicted: the highest score, or one above its threshold. */
  private boolean isPredicted(float[] scores, int target) {
    if (card.scores().isMultiLabel()) {
      return card.scores().probabilities(scores)[target] >= card.threshold(target);
    }
    for (float score : scores) {
      if (score > scores[target]) {
        return false;
      }
    }
    return true;
  }

  private static float[] dimmed(float[] pixels, float[] plane) {
    float[] dimmed = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      dimmed[i] = pixels[i] * plane[i % plane.length];
    }
    return dimmed;
  }

  private void shuffle(
      Passes passes, List<Subject> subjects, List<Optional<Made>> maps, List<List<Checked>> found) {
    Network spare = passes.network();
    int layers = spare.layersWithWeights();
    if (layers == 0) {
      return; // An archive whose weights are constants of its code.
    }
    int done = 0;
    for (int stage = 1; stage <= settings.stages(); stage++) {
      int end = (int) Math.ceil((double) layers * stage / settings.stages());
      spare.shuffleLayers(done, end, settings.seed());
      done = end;
      List<Optional<Made>> others = make(passes, subjects);
      note(SanityMeasure.RANDOMISED, stage, maps, others, MapSimilarity::ranks, found);
      if (stage == settings.stages()) {
        note(
            SanityMeasure.ENTROPY_RISE,
            stage,
            maps,
            others,
            (map, other) -> {
              double before = MapSimilarity.entropy(map);
              return before > 0
                  ? OptionalDouble.of((MapSimilarity.entropy(other) - before) / before)
                  : OptionalDouble.empty();
            },
            found);
      }
    }
  }
}
