package io.camatlas.faithfulness;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ScoreKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Shows the network an image with more and more pixels changed, and records the target's
 * probability.
 *
 * <p>Average Drop and Increase in Confidence (arXiv:1710.11063, sec. 4.1) need the explanation map:
 * the normalised input times the map, upsampled bilinearly and divided by its maximum. The paper
 * multiplies pixels of 0 to 1; here 0 is the training mean, so unmarked pixels turn to the mean
 * rather than to black. Deletion (RISE, arXiv:1806.07421) sets pixels to that same 0; insertion
 * restores them in the blurred input of {@link RiseBlur}. Both proceed by descending saliency. RISE
 * uses steps of 224 pixels, one row; here the number of steps is a setting.
 *
 * <p>Not thread-safe; several scorers may share a network.
 */
public final class FaithfulnessScorer {
  /** Class scores {@code [N,C]} of images {@code [N,C,H,W]}, in the images' manager. */
  @FunctionalInterface
  interface Scores {
    NDArray of(NDArray images);
  }

  private final Supplier<NDManager> managers;
  private final Scores scores;
  private final InputShape input;
  private final ScoreKind kind;
  private final int steps;
  private final int batch;

  /**
   * @param network the network to test; only its scores are read
   * @param plan what the network returns
   * @param card the model's card, which says what the scores are
   * @param settings steps and batch
   * @throws IllegalArgumentException if there are more steps than pixels
   */
  public FaithfulnessScorer(
      Network network, ProbePlan plan, ModelCard card, FaithfulnessSettings settings) {
    this(
        network::newManager,
        images -> network.infer(plan, images).scores(),
        plan.input(),
        card.scores(),
        plan.check().oneByOne() ? settings.withBatch(1) : settings);
  }

  FaithfulnessScorer(
      Supplier<NDManager> managers,
      Scores scores,
      InputShape input,
      ScoreKind kind,
      FaithfulnessSettings settings) {
    checkSteps(settings, input);
    this.managers = managers;
    this.scores = scores;
    this.input = input;
    this.kind = kind;
    this.steps = settings.steps();
    this.batch = settings.batch();
  }

  /**
   * Checks that every step changes at least one pixel.
   *
   * @throws IllegalArgumentException if there are more steps than pixels
   */
  public static void checkSteps(FaithfulnessSettings settings, InputShape input) {
    int pixels = input.height() * input.width();
    if (settings.steps() > pixels) {
      throw new IllegalArgumentException(
          "steps is %d, but the input %s has %d pixels; take at most as many steps."
              .formatted(settings.steps(), input, pixels));
    }
  }

  /** How the image is changed before the network sees it. */
  private enum Change {
    WHOLE,
    BLANK,
    BLURRED,
    DIMMED,
    DELETION,
    INSERTION
  }

  /**
   * One row that the network sees; {@code map} and {@code step} are set if the change needs them.
   */
  private record Show(Change change, MapKind map, int step) {
    boolean sameKindAs(Show other) {
      return change == other.change && map == other.map;
    }
  }

  /** Arrays on the device from which all rows of one image are made. */
  private record Ingredients(
      NDArray image, NDArray blurred, Map<MapKind, NDArray> planes, Map<MapKind, NDArray> ranks) {}

  /**
   * Scores one image.
   *
   * @param pixels the network's input, {@code [C,H,W]}, normalised
   * @param target index of the class whose probability is recorded
   * @param explanation the map to score
   * @param random random map, see {@link SaliencyGrid#random}
   * @param centre centred map, see {@link SaliencyGrid#centre}
   */
  public ScoredImage score(
      float[] pixels,
      int target,
      SaliencyGrid explanation,
      SaliencyGrid random,
      SaliencyGrid centre) {
    if (pixels.length != input.elements()) {
      throw new IllegalArgumentException(
          "The image has %d values; the input %s has %d."
              .formatted(pixels.length, input, input.elements()));
    }
    List<Show> shows = shows();
    double[] probabilities = new double[shows.size()];
    try (NDManager manager = managers.get()) {
      Map<MapKind, SaliencyGrid> maps = new EnumMap<>(MapKind.class);
      maps.put(MapKind.EXPLANATION, explanation);
      maps.put(MapKind.RANDOM, random);
      maps.put(MapKind.CENTRE, centre);
      Ingredients ingredients = ingredients(manager, pixels, maps);
      for (int from = 0; from < probabilities.length; from += batch) {
        int to = Math.min(from + batch, probabilities.length);
        run(ingredients, shows.subList(from, to), target, probabilities, from);
      }
    }
    return read(probabilities);
  }

  /** All rows, in the order that {@link #read} expects. */
  private List<Show> shows() {
    List<Show> shows = new ArrayList<>();
    shows.add(new Show(Change.WHOLE, MapKind.EXPLANATION, 0));
    shows.add(new Show(Change.BLANK, MapKind.EXPLANATION, 0));
    shows.add(new Show(Change.BLURRED, MapKind.EXPLANATION, 0));
    for (MapKind map : MapKind.values()) {
      shows.add(new Show(Change.DIMMED, map, 0));
      for (int step = 1; step < steps; step++) {
        shows.add(new Show(Change.DELETION, map, step));
      }
      for (int step = 1; step < steps; step++) {
        shows.add(new Show(Change.INSERTION, map, step));
      }
    }
    return shows;
  }

  private Ingredients ingredients(
      NDManager manager, float[] pixels, Map<MapKind, SaliencyGrid> maps) {
    Shape image = new Shape(1, input.channels(), input.height(), input.width());
    Shape plane = new Shape(1, 1, input.height(), input.width());
    Map<MapKind, NDArray> planes = new EnumMap<>(MapKind.class);
    Map<MapKind, NDArray> ranks = new EnumMap<>(MapKind.class);
    maps.forEach(
        (kind, map) -> {
          float[] upsampled = map.upsampled(input.height(), input.width());
          planes.put(kind, manager.create(upsampled, plane));
          ranks.put(kind, manager.create(PixelOrder.ranks(upsampled), plane));
        });
    return new Ingredients(
        manager.create(pixels, image),
        manager.create(
            RiseBlur.apply(pixels, input.channels(), input.height(), input.width()), image),
        planes,
        ranks);
  }

  private void run(
      Ingredients ingredients, List<Show> shows, int target, double[] probabilities, int offset) {
    // A result belongs to the manager of its first argument, so each starts in this manager.
    try (NDManager scratch = managers.get()) {
      NDList parts = new NDList();
      for (int from = 0; from < shows.size(); ) {
        int to = from + 1;
        while (to < shows.size() && shows.get(to).sameKindAs(shows.get(from))) {
          to++;
        }
        parts.add(rows(ingredients, shows.subList(from, to), scratch));
        from = to;
      }
      NDArray images = parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts);
      NDArray found = scores.of(images);
      int classes = (int) found.getShape().get(1);
      float[] flat = found.toFloatArray();
      for (int i = 0; i < shows.size(); i++) {
        float[] own = Arrays.copyOfRange(flat, i * classes, (i + 1) * classes);
        probabilities[offset + i] = probability(own, target);
      }
    }
  }

  private double probability(float[] own, int target) {
    for (float score : own) {
      if (!Float.isFinite(score)) {
        return Double.NaN;
      }
    }
    return kind.probabilities(own)[target];
  }

  /** Rows that differ only in their step. */
  private NDArray rows(Ingredients from, List<Show> shows, NDManager scratch) {
    Show first = shows.get(0);
    NDArray one = scratch.ones(new Shape(1, 1, 1, 1));
    return switch (first.change()) {
      case WHOLE -> one.mul(from.image());
      case BLANK -> scratch.zeros(from.image().getShape());
      case BLURRED -> one.mul(from.blurred());
      case DIMMED -> one.mul(from.planes().get(first.map())).mul(from.image());
      case DELETION -> untouched(from, shows, scratch).mul(from.image());
      case INSERTION -> {
        NDArray untouched = untouched(from, shows, scratch);
        yield untouched.mul(from.blurred()).add(one.sub(untouched).mul(from.image()));
      }
    };
  }

  /** 1 where a pixel is still as it was at the start of the curve, else 0; {@code [N,1,H,W]}. */
  private NDArray untouched(Ingredients from, List<Show> shows, NDManager scratch) {
    int pixels = input.height() * input.width();
    int[] touched =
        shows.stream().mapToInt(show -> PixelOrder.touched(show.step(), steps, pixels)).toArray();
    return scratch
        .create(touched, new Shape(touched.length, 1, 1, 1))
        .lte(from.ranks().get(shows.get(0).map()))
        .toType(DataType.FLOAT32, false);
  }

  private ScoredImage read(double[] probabilities) {
    int pixels = input.height() * input.width();
    double whole = probabilities[0];
    double blank = probabilities[1];
    double blurred = probabilities[2];
    Map<MapKind, Faithfulness> maps = new EnumMap<>(MapKind.class);
    int at = 3;
    for (MapKind map : MapKind.values()) {
      double explained = probabilities[at++];
      double deletion = PixelOrder.auc(curve(whole, probabilities, at, blank), pixels);
      at += steps - 1;
      double insertion = PixelOrder.auc(curve(blurred, probabilities, at, whole), pixels);
      at += steps - 1;
      maps.put(map, Faithfulness.of(whole, explained, insertion, deletion));
    }
    return new ScoredImage(
        whole,
        maps,
        probabilities.length,
        Arrays.stream(probabilities).noneMatch(value -> Double.isNaN(value)));
  }

  private double[] curve(double start, double[] probabilities, int from, double end) {
    double[] curve = new double[steps + 1];
    curve[0] = start;
    System.arraycopy(probabilities, from, curve, 1, steps - 1);
    curve[steps] = end;
    return curve;
  }
}
