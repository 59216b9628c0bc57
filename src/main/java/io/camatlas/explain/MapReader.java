package io.camatlas.explain;

import io.camatlas.cam.CamMethod;
import io.camatlas.cam.GradientMethod;
import io.camatlas.cam.PerturbationMethod;
import io.camatlas.cam.PixelGrid;
import io.camatlas.cam.PixelMethod;
import io.camatlas.explain.Explanation.FeatureMapUse;
import io.camatlas.explain.Explanation.FeatureMaps;
import io.camatlas.explain.Explanation.InOriginal;
import io.camatlas.explain.Prediction.ReadPixels;
import io.camatlas.explain.Prediction.SeveralLabels;
import io.camatlas.explain.Prediction.Target;
import io.camatlas.image.Box;
import io.camatlas.image.PixelMapping;
import io.camatlas.localize.FractionBox;
import io.camatlas.localize.Localization;
import io.camatlas.localize.SaliencyMap;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network.ForwardPass;
import io.camatlas.model.Precision;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Reads results from the device: maps, weights and a few numbers for each feature map. */
final class MapReader {
  /** Number of feature maps that each explanation lists in detail. */
  static final int TOP_FEATURE_MAPS = 20;

  /** Bounds what waits on the device to be read: 64 MiB. */
  private static final long MOST_WAITING = 16L << 20;

  private final ExplainSettings settings;
  private final ProbePlan plan;
  private final ModelCard card;
  private final Precision precision;
  private final PassClock clock;
  private final Map<String, Integer> classIndex = new HashMap<>();

  MapReader(
      ExplainSettings settings,
      ProbePlan plan,
      ModelCard card,
      Precision precision,
      PassClock clock) {
    this.settings = settings;
    this.plan = plan;
    this.card = card;
    this.precision = precision;
    this.clock = clock;
    for (int i = 0; i < card.classes().size(); i++) {
      classIndex.putIfAbsent(card.classes().get(i), i);
    }
  }

  /** Reads predictions and activations of a clean pass and selects each image's targets. */
  ExplainedGroup begin(List<PreparedImage> images, ForwardPass pass) {
    DeviceRead read = new DeviceRead(pass.scores().getManager(), clock);
    int ofScores = read.add(pass.scores());
    Optional<Integer> ofShares = pass.pixels().map(pixels -> read.add(pixels.shares()));
    List<Function<List<float[]>, ActivationSummary>> summaries = new ArrayList<>();
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      summaries.add(ActivationSummary.of(pass.activations(layer), read));
    }
    List<float[]> found = read.read();
    float[] scores = found.get(ofScores);
    Optional<float[]> shares = ofShares.map(found::get);
    List<ActivationSummary> layers =
        summaries.stream().map(summary -> summary.apply(found)).toList();
    ExplainedGroup group =
        new ExplainedGroup(
            (int) pass.scores().getShape().get(0),
            layers,
            plan.layers().stream().map(settings::rulesAt).toList());
    for (int row = 0; row < images.size(); row++) {
      int from = row;
      add(group, row, images.get(row), ofRow(scores, row), shares.map(all -> ofRow(all, from)));
    }
    return group;
  }

  /**
   * Adds an image with its prediction and its targets, or skips it.
   *
   * @param scores of all classes
   * @param won the share of the pixels that each class wins, where pixels are scored
   */
  private void add(
      ExplainedGroup group, int row, PreparedImage image, float[] scores, Optional<float[]> won) {
    boolean isSeveral = card.scores().isMultiLabel();
    float[] probabilities = won.orElseGet(() -> card.scores().probabilities(scores));
    int label =
        isSeveral
            ? -1
            : image.image().label().map(name -> classIndex.getOrDefault(name, -1)).orElse(-1);
    float[] ranking = won.orElse(scores);
    Optional<SeveralLabels> several = Optional.empty();
    Optional<String> wrong = Optional.empty();
    if (isSeveral) {
      try {
        several =
            Optional.of(
                new SeveralLabels(
                    image.image().label().flatMap(text -> settings.labels().read(text, classIndex)),
                    reached(probabilities)));
      } catch (IllegalArgumentException e) {
        wrong = Optional.of(e.getMessage());
        several = Optional.of(new SeveralLabels(Optional.empty(), List.of()));
      }
    }
    List<Target> targets = List.of();
    Optional<String> notFinite = NotFinite.in(scores);
    if (wrong.isPresent()) {
      group.skip(
          row, image.skipped(ImageOutcome.Stage.TARGET, "label is not a class", wrong.get()));
    } else if (notFinite.isPresent()) {
      group.skip(
          row,
          image.skipped(
              ImageOutcome.Stage.FORWARD,
              "scores are not finite",
              "The model returned " + notFinite.get() + ". " + precision.range()));
    } else {
      Map<Integer, List<String>> wanted =
          isSeveral
              ? settings.targets().of(ranking, several.orElseThrow())
              : settings.targets().of(ranking, label);
      targets =
          wanted.entrySet().stream()
              .map(
                  target ->
                      new Target(
                          target.getKey(),
                          scores[target.getKey()],
                          won.map(share -> over(image, share[target.getKey()])),
                          target.getValue()))
              .filter(target -> won.isEmpty() || isThere(target, ranking[target.index()]))
              .toList();
      if (targets.isEmpty()) {
        group.skip(row, wanted.isEmpty() ? noTarget(image) : nowhere(image));
      }
    }
    // What wins the most pixels says nothing of whether the image's label is right.
    int judged = won.isPresent() ? -1 : label;
    group.add(image, new Prediction(judged, highest(ranking), probabilities, several, targets));
  }

  /** The classes whose probabilities reach their thresholds, most probable first. */
  private List<Integer> reached(float[] probabilities) {
    return IntStream.range(0, probabilities.length)
        .filter(index -> probabilities[index] >= card.threshold(index))
        .boxed()
        .sorted(Comparator.comparing(index -> -probabilities[index]))
        .toList();
  }

  /** Whether a class has pixels to be read; one that only its rank names must have won some. */
  private static boolean isThere(Target target, float won) {
    boolean onlyRanked = target.reasons().stream().allMatch(reason -> reason.startsWith("top-"));
    return target.over().orElseThrow().share() > 0 && (won > 0 || !onlyRanked);
  }

  private float[] ofRow(float[] all, int row) {
    return Arrays.copyOfRange(all, row * plan.classes(), (row + 1) * plan.classes());
  }

  private ReadPixels over(PreparedImage image, float won) {
    return new ReadPixels(
        settings.over(),
        switch (settings.over()) {
          case WINNING -> won;
          case MASK, BOXES -> mean(image.marked());
          case PICTURE -> 1;
        });
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static ImageOutcome.Skipped nowhere(PreparedImage image) {
    return image.skipped(
        ImageOutcome.Stage.TARGET,
        "class wins no pixel",
        "none of the classes to explain wins a pixel of this image, and their scores are to be"
            + " means over pixels that they win");
  }

  private static int highest(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  private static ImageOutcome.Skipped noTarget(PreparedImage image) {
    return image
        .image()
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

  /** Computes the maps of all rules of one method from derivatives. */
  void read(
      ExplainedGroup group, LayerGradients gradients, GradientMethod method, DeviceRead read) {
    double rounding = plan.layers().get(gradients.layer()).rounding();
    read(
        group,
        gradients,
        method,
        new RuleMaps.Weighed(
            method.weights(gradients.trace()),
            method.weightErrors(gradients.trace(), rounding),
            method instanceof PixelMethod pixels
                ? Optional.of(pixels.grid().pooled(pixels.pixels(gradients.trace())))
                : Optional.empty()),
        read);
  }

  /**
   * Computes the maps of all rules of one method. They are measured once they have been read and
   * the device is left to others: {@link ExplainedGroup#outcomes}.
   *
   * @param weighed what the method says
   * @param read what is read of the whole group
   */
  void read(
      ExplainedGroup group,
      LayerGradients gradients,
      CamMethod method,
      RuleMaps.Weighed weighed,
      DeviceRead read) {
    for (int index = 0; index < settings.rules().size(); index++) {
      Rule rule = settings.rules().get(index);
      if (rule.method().equals(method)) {
        Function<List<float[]>, RuleMaps> maps = RuleMaps.of(gradients, rule, weighed, read);
        Rows rows = gradients.rows();
        Slot first = new Slot(rows.from(), gradients.rank(), gradients.layer(), index);
        read.then(found -> group.later(() -> measure(group, rows, first, maps.apply(found))));
      }
    }
    if (read.numbers() > MOST_WAITING) {
      read.deliver();
      // Nor may what has been read pile up.
      group.measure();
    }
  }

  private void measure(ExplainedGroup group, Rows rows, Slot first, RuleMaps maps) {
    for (int row : group.waiting(first.rank(), rows)) {
      measure(
          group, new Slot(row, first.rank(), first.layer(), first.rule()), maps, row - rows.from());
    }
  }

  private void measure(ExplainedGroup group, Slot slot, RuleMaps maps, int at) {
    ProbedLayer layer = plan.layers().get(slot.layer());
    PreparedImage image = group.image(slot.image());
    float[] map = maps.map(at);
    float[] weights = maps.weights(at);
    Optional<String> notFinite = NotFinite.in(map, weights);
    if (notFinite.isPresent()) {
      group.skip(
          slot.image(),
          image.skipped(
              ImageOutcome.Stage.EXPLAIN,
              "map is not finite",
              whyNotFinite(group, slot, notFinite.get()) + " " + precision.range()));
      return;
    }
    MapGrid grid = MapGrid.of(settings.rules().get(slot.rule()).method(), layer);
    ActivationSummary activations =
        group
            .activations(slot.image(), slot.layer())
            .onGrid(layer.height(), layer.width(), grid.height, grid.width);
    Localization localization = Localization.of(map, grid.height, grid.width);
    group.put(
        slot,
        new Explanation(
            group.prediction(slot.image()).targets().get(slot.rank()),
            layer.name(),
            slot.rule(),
            new SaliencyMap(map, grid.height, grid.width),
            maps.filterMaps(at),
            new FeatureMaps(
                weights, activations, topFeatureMaps(activations, maps.relevance(at), grid.width)),
            localization,
            inOriginal(localization, grid, image.decoded().mapping()),
            sampleAgreement(slot, maps, at, map),
            maps.undetermined(at)));
  }

  /**
   * What a map that is not finite comes from, as far as can be told.
   *
   * @param inMap what the map or its weights have
   */
  private String whyNotFinite(ExplainedGroup group, Slot slot, String inMap) {
    String layer = plan.layers().get(slot.layer()).name();
    ActivationSummary activations = group.activations(slot.image(), slot.layer());
    return NotFinite.in(activations.means(), activations.maxima())
        .map(found -> "Activations of layer %s have %s.".formatted(layer, found))
        .orElseGet(
            () ->
                (settings.rules().get(slot.rule()).method() instanceof PerturbationMethod
                        ? "The map of layer %s has %s, since scores of changed copies are not finite."
                        : "The map of layer %s has %s, since gradients there, or what the rule makes of"
                            + " them, are too large.")
                    .formatted(layer, inMap));
  }

  /** The grid of a rule's maps: the layer's own, or the one that pixels are pooled to. */
  private record MapGrid(int height, int width) {
    static MapGrid of(CamMethod method, ProbedLayer layer) {
      if (method instanceof PixelMethod pixels) {
        PixelGrid grid = pixels.grid();
        return new MapGrid(
            grid.height(layer.height(), layer.width()), grid.width(layer.height(), layer.width()));
      }
      return new MapGrid(layer.height(), layer.width());
    }
  }

  private InOriginal inOriginal(Localization localization, MapGrid grid, PixelMapping mapping) {
    double cellWidth = (double) plan.input().width() / grid.width;
    double cellHeight = (double) plan.input().height() / grid.height;
    boolean blank = localization.empty();
    Localization.Peak peak = localization.peak();
    return new InOriginal(
        blank ? Double.NaN : mapping.toOriginalX((peak.column() + 0.5) * cellWidth),
        blank ? Double.NaN : mapping.toOriginalY((peak.row() + 0.5) * cellHeight),
        pixels(localization.area().largestPart(), mapping),
        pixels(localization.area().allParts(), mapping));
  }

  /** How well samples agree; 1 if all would give the same map. */
  private OptionalDouble sampleAgreement(Slot slot, RuleMaps maps, int at, float[] map) {
    CamMethod method = settings.rules().get(slot.rule()).method();
    if (!settings.isClosedForm(method, plan.layers().get(slot.layer()))) {
      return maps.sampleAgreement(at);
    }
    // For a single sample, or a flat map, agreement is undefined.
    return settings.noise().samples() > 1 && !isFlat(map)
        ? OptionalDouble.of(1)
        : OptionalDouble.empty();
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
      ActivationSummary activations, float[] relevance, int columns) {
    List<FeatureMapUse> top = new ArrayList<>();
    for (int k : LargestFirst.of(relevance, TOP_FEATURE_MAPS)) {
      int cell = activations.cells()[k];
      top.add(
          new FeatureMapUse(
              k, relevance[k], activations.maxima()[k], cell / columns, cell % columns));
    }
    return top;
  }

  private static boolean isFlat(float[] map) {
    for (float value : map) {
      if (value != map[0]) {
        return false;
      }
    }
    return true;
  }
}
