package io.camatlas.setup;

import io.camatlas.cam.CamMethod;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.GradCam;
import io.camatlas.cam.GradientMethod;
import io.camatlas.cam.NamedMethod;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.PixelMethod;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.InputKind;
import io.camatlas.config.Option;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Rule;
import io.camatlas.explain.TargetSelection;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.GridLayout;
import io.camatlas.model.InputShape;
import io.camatlas.model.LabelSets;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.PreparedModel;
import io.camatlas.model.ProbedLayer;
import io.camatlas.model.ScoreOver;
import io.camatlas.spark.executor.ExplainRecipe;
import io.camatlas.spark.explain.ExplainJobSettings;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.torchscript.LayerTree;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of {@code camatlas explain}. */
public final class ExplainSetup {
  private ExplainSetup() {}

  /**
   * Checks everything that can be checked before Spark starts: settings, model, layer, and a dry
   * run of the network.
   *
   * @param folder where the probed model is written
   * @throws SettingsException with all problems
   */
  public static ExplainJobSettings resolve(GivenSettings given, Path folder) {
    return resolve(given, folder, () -> {});
  }

  /**
   * Does the same.
   *
   * @param beside begins what can go on beside the seconds that a network takes; called if nothing
   *     is known to be wrong by then
   */
  public static ExplainJobSettings resolve(GivenSettings given, Path folder, Runnable beside) {
    Optional<ExplainJobSettings> settings = noted(given, folder, beside);
    given.check();
    return settings.orElseThrow();
  }

  /**
   * Does the same, but notes problems instead of throwing.
   *
   * @param given problems are noted there
   * @return empty if there is any problem
   */
  public static Optional<ExplainJobSettings> noted(
      GivenSettings given, Path folder, Runnable beside) {
    given.check(
        () -> checkImages(given.get(ExplainOptions.IMAGES), given.get(ExplainOptions.INPUT_KIND)));
    Optional<ExplainRecipe> recipe = recipe(given, folder, beside);
    if (given.hasProblems()) {
      return Optional.empty();
    }
    return recipe.map(found -> new ExplainJobSettings(found, given.settings()));
  }

  /**
   * Checks the options of {@link ExplainOptions#RECIPE}: settings, model, layer, and a dry run of
   * the network.
   *
   * @param given problems are noted there
   * @param folder where the probed model is written
   * @return empty if there is any problem; the batch is 1 if it is still to be determined
   */
  public static Optional<ExplainRecipe> recipe(GivenSettings given, Path folder) {
    return recipe(given, folder, () -> {});
  }

  private static Optional<ExplainRecipe> recipe(GivenSettings given, Path folder, Runnable beside) {
    Optional<List<CamMethod>> methods = given.build(() -> methods(given));
    Optional<List<FeatureMapSelection>> filters = given.build(() -> filters(given));
    Optional<List<NeuronSelection>> neurons = given.build(() -> neurons(given));
    given.check(
        () -> {
          if (given.get(ExplainOptions.DEVICE) == DeviceChoice.CPU) {
            given.get(ExplainOptions.PRECISION).check(false, System.getenv());
          }
        });
    Optional<ModelSetup.OpenModel> opened = ModelSetup.open(given);
    if (!given.hasProblems()) {
      beside.run();
    }
    Optional<PreparedModel> prepared =
        opened.flatMap(
            model ->
                given.build(
                    () -> prepare(given, model, methods.orElse(List.of(new GradCam())), folder)));
    Optional<ModelCard> card =
        prepared.flatMap(
            model -> given.build(() -> opened.get().card().withClassesFor(model.plan().classes())));
    Optional<TargetSelection> targets =
        card.flatMap(
            known ->
                given.build(
                    () ->
                        TargetSelection.parse(given.get(ExplainOptions.TARGETS), known.classes())));
    Optional<LabelSets> labels = given.build(() -> labels(given));
    card.ifPresent(known -> given.check(known::requireDistinctClasses));
    card.filter(known -> known.scores().isMultiLabel())
        .ifPresent(
            known -> labels.ifPresent(sets -> given.check(() -> sets.check(known.classes()))));
    prepared.ifPresent(
        model -> {
          checkSelections(
              given,
              model,
              methods.orElse(List.of()),
              filters.orElse(List.of()),
              neurons.orElse(List.of()));
          checkHeads(given, model, methods.orElse(List.of()));
          checkSums(given, methods.orElse(List.of()), filters.orElse(List.of()));
          checkOver(given, model);
          card.ifPresent(known -> checkScores(given, known, model));
        });
    if (given.hasProblems()) {
      return Optional.empty();
    }
    List<Rule> rules = rules(methods.orElseThrow(), filters.orElseThrow(), neurons.orElseThrow());
    int wanted = given.get(ExplainOptions.BATCH);
    int batch = wanted == ExplainOptions.CHOOSE_BATCH ? ExplainOptions.USUAL_BATCH : wanted;
    boolean oneByOne = prepared.orElseThrow().plan().check().oneByOne();
    return given.build(
        () ->
            new ExplainRecipe(
                prepared.orElseThrow(),
                card.orElseThrow(),
                new ExplainSettings(
                    rules,
                    targets.orElseThrow(),
                    labels.orElseThrow(),
                    given.get(ExplainOptions.SCORE_OVER),
                    batch == ExplainOptions.FIND_BATCH || oneByOne ? 1 : batch,
                    !given.get(ExplainOptions.NO_SHORTCUT),
                    new DecodeLimits(
                        given.get(ExplainOptions.MAX_PIXELS), given.get(ExplainOptions.MAX_BYTES))),
                given.settings()));
  }

  private static List<Rule> rules(
      List<CamMethod> methods, List<FeatureMapSelection> filters, List<NeuronSelection> neurons) {
    List<Rule> rules = new ArrayList<>();
    for (CamMethod method : methods) {
      for (FeatureMapSelection maps : filters) {
        neurons.forEach(cells -> rules.add(new Rule(method, maps, cells)));
      }
    }
    return rules;
  }

  /**
   * The settings of one rule of a finished run, to make its maps again.
   *
   * @param rule index of the rule in the run
   * @param batch rows that the device holds at once
   */
  static ExplainSettings ofRun(FinishedRun run, int rule, int batch) {
    Map<String, String> flags = new LinkedHashMap<>();
    for (Option<?> option : ExplainOptions.RECIPE) {
      String value = run.settings().getOrDefault(option.name(), "");
      if (!value.isEmpty()) {
        flags.put(option.name(), value);
      }
    }
    GivenSettings given = new GivenSettings(ExplainOptions.RECIPE, flags, List.of());
    List<Rule> rules = rules(methods(given), filters(given), neurons(given));
    return new ExplainSettings(
        List.of(rules.get(rule)),
        new TargetSelection(true, false, 0, List.of()),
        labels(given),
        given.get(ExplainOptions.SCORE_OVER),
        batch,
        !given.get(ExplainOptions.NO_SHORTCUT),
        new DecodeLimits(
            given.get(ExplainOptions.MAX_PIXELS), given.get(ExplainOptions.MAX_BYTES)));
  }

  private static PreparedModel prepare(
      GivenSettings given, ModelSetup.OpenModel model, List<CamMethod> methods, Path folder) {
    try {
      TorchScriptArchive archive = model.archive();
      List<LayerName> layers = new ArrayList<>();
      if (!methods.stream().allMatch(PixelMethod.class::isInstance)) {
        layers.addAll(layers(given, model));
      } else if (given.optional(ExplainOptions.LAYER).isPresent()) {
        throw new IllegalArgumentException(
            "`layer` is %s, but %s explains the image's pixels and no layer; leave `layer` out, or"
                    .formatted(given.optional(ExplainOptions.LAYER).get(), methods.get(0).name())
                + " add a method that explains layers.");
      }
      if (layers.isEmpty() && given.optional(ExplainOptions.LAYOUT).isPresent()) {
        throw new IllegalArgumentException(
            "`layout` says how a layer's output lies, but %s explains no layer; leave it out."
                .formatted(methods.get(0).name()));
      }
      List<GridLayout> layouts = new ArrayList<>(layouts(given, layers.size()));
      if (methods.stream().anyMatch(PixelMethod.class::isInstance)) {
        if (layouts.size() > 0) {
          while (layouts.size() < layers.size()) {
            layouts.add(layouts.get(0));
          }
          layouts.add(GridLayout.CHANNELS_FIRST);
        }
        layers.add(LayerName.INPUT);
      }
      return PreparedModel.prepare(
          archive,
          model.entry(),
          layers,
          layouts,
          model.card().inputShape(),
          given.get(ExplainOptions.PRECISION),
          given.get(ExplainOptions.ALLOW_RANDOM),
          folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The layers as somebody names them, or the one that suits. */
  private static List<LayerName> layers(GivenSettings given, ModelSetup.OpenModel model)
      throws IOException {
    TorchScriptArchive archive = model.archive();
    List<LayerName> layers = new ArrayList<>();
    Optional<String> named =
        given.optional(ExplainOptions.LAYER).or(() -> model.card().defaultLayer());
    if (named.isEmpty()) {
      return List.of(
          PreparedModel.suggestedLayer(archive, model.entry(), model.card().inputShape()));
    }
    LayerTree tree = LayerTree.of(archive);
    for (String name : named.get().split(",")) {
      LayerName layer = LayerName.parse(name.strip(), tree::contains);
      if (layer.isInput()) {
        throw new IllegalArgumentException(
            "`layer` names the network's input; rules of pixels explain it, and no layer has to be"
                + " named for them.");
      }
      if (layers.contains(layer)) {
        throw new IllegalArgumentException(
            "`layer` names '" + name.strip() + "' twice; name each layer once.");
      }
      layers.add(layer);
    }
    return layers;
  }

  private static List<GridLayout> layouts(GivenSettings given, int layers) {
    List<GridLayout> layouts = given.optional(ExplainOptions.LAYOUT).orElse(List.of());
    if (layouts.size() > 1 && layouts.size() != layers) {
      throw new IllegalArgumentException(
          "`layout` has %d entries and `layer` %d; give one for all layers, or one for each."
              .formatted(layouts.size(), layers));
    }
    return layouts;
  }

  private static void checkSelections(
      GivenSettings given,
      PreparedModel model,
      List<CamMethod> methods,
      List<FeatureMapSelection> filters,
      List<NeuronSelection> neurons) {
    for (ProbedLayer layer : model.plan().layers()) {
      if (!layer.isInput()) {
        given.check(() -> filters.forEach(selection -> selection.check(layer.maps())));
        given.check(
            () -> neurons.forEach(selection -> selection.check(layer.height(), layer.width())));
      }
    }
    InputShape input = model.plan().input();
    for (CamMethod method : methods) {
      if (method instanceof PixelMethod pixels) {
        int height = pixels.grid().height(input.height(), input.width());
        int width = pixels.grid().width(input.height(), input.width());
        given.check(() -> neurons.forEach(selection -> selection.check(height, width)));
      }
    }
  }

  private static void checkHeads(
      GivenSettings given, PreparedModel model, List<CamMethod> methods) {
    for (CamMethod method : methods) {
      if (method instanceof GradientMethod gradient && gradient.needsLinearHead()) {
        given.check(() -> model.requireConstantGradients(method.name()));
      }
    }
  }

  private static void checkSums(
      GivenSettings given, List<CamMethod> methods, List<FeatureMapSelection> filters) {
    for (CamMethod method : methods) {
      if (!method.weighsFeatureMaps() && !filters.stream().allMatch(FeatureMapSelection::isAll)) {
        given.check(
            () -> {
              throw new IllegalArgumentException(
                  "`filters` chooses feature maps, but %s weighs none; leave one of them out."
                      .formatted(method.name()));
            });
      }
    }
  }

  private static void checkOver(GivenSettings given, PreparedModel model) {
    ScoreOver over = given.get(ExplainOptions.SCORE_OVER);
    if (over != ScoreOver.WINNING && !model.plan().pixels().isDense()) {
      given.check(
          () -> {
            throw new IllegalArgumentException(
                "`score-over` is "
                    + over.text()
                    + ", but the model scores whole images; leave it out.");
          });
    }
  }

  private static void checkScores(GivenSettings given, ModelCard card, PreparedModel model) {
    if (card.scores().isMultiLabel() && model.plan().pixels().isDense()) {
      given.check(
          () -> {
            throw new IllegalArgumentException(
                "`scores` is "
                    + card.scores().text()
                    + ", but the model scores every pixel; several labels are read of whole images"
                    + " only. Use logits, which explains each class over the pixels it wins.");
          });
    }
    if (!card.scores().isMultiLabel()
        && model.plan().classes() == 1
        && !model.plan().pixels().isDense()) {
      given.check(
          () -> {
            throw new IllegalArgumentException(
                "`scores` is "
                    + card.scores().text()
                    + ", but the model gives one score, so that every image would be predicted as"
                    + " its one class. Set it to multi-label if the score is one before a sigmoid,"
                    + " or to multi-label-probabilities behind one; `empty-label` names the labels"
                    + " of images that do not show the class.");
          });
    }
  }

  private static LabelSets labels(GivenSettings given) {
    return new LabelSets(
        LabelSets.separator(given.get(ExplainOptions.LABEL_SEPARATOR)),
        Arrays.stream(given.get(ExplainOptions.EMPTY_LABEL).split(",")).map(String::strip).toList(),
        given.get(ExplainOptions.OTHER_LABELS),
        given.get(ExplainOptions.UNCERTAIN_LABELS),
        given.get(ExplainOptions.MISSING_LABELS));
  }

  private static void checkImages(String images, InputKind kind) {
    boolean local =
        !images.contains("://")
            && !images.startsWith("hdfs:")
            && !images.matches(".*[*?\\[{].*")
            && images.contains("/")
            && kind != InputKind.TABLE;
    if (local && images.startsWith("file:")) {
      return;
    }
    if (local && !Files.exists(Path.of(images)) && !hasDefaultFileSystem()) {
      throw new IllegalArgumentException("`images` is " + images + ", which does not exist.");
    }
  }

  /**
   * On a cluster, a path without a scheme is on the cluster's file system, which only Spark knows.
   */
  private static boolean hasDefaultFileSystem() {
    return System.getenv("HADOOP_CONF_DIR") != null || System.getenv("YARN_CONF_DIR") != null;
  }

  private static List<CamMethod> methods(GivenSettings given) {
    NamedMethod.Parameters parameters =
        new NamedMethod.Parameters(
            new NoisePlan(
                given.get(ExplainOptions.SAMPLES),
                given.get(ExplainOptions.SIGMA),
                given.get(ExplainOptions.NOISE_SCALE),
                given.get(ExplainOptions.SEED)),
            parameter -> given.get(ExplainOptions.of(parameter)));
    return given.get(ExplainOptions.METHOD).stream()
        .map(name -> NamedMethod.of(name).orElseThrow().with(parameters))
        .toList();
  }

  private static List<FeatureMapSelection> filters(GivenSettings given) {
    boolean perFilter = given.get(ExplainOptions.PER_FILTER);
    return given.optional(ExplainOptions.FILTERS).orElse(List.of(List.of())).stream()
        .map(indices -> new FeatureMapSelection(indices, perFilter))
        .toList();
  }

  private static List<NeuronSelection> neurons(GivenSettings given) {
    boolean region = given.get(ExplainOptions.REGION);
    return given.optional(ExplainOptions.SUBSET).orElse(List.of(List.of())).stream()
        .map(cells -> region ? rectangle(cells) : neurons(cells))
        .toList();
  }

  private static NeuronSelection neurons(List<NeuronSelection.Cell> cells) {
    return cells.isEmpty() ? new NeuronSelection.All() : new NeuronSelection.Cells(cells);
  }

  private static NeuronSelection rectangle(List<NeuronSelection.Cell> corners) {
    if (corners.size() != 2) {
      throw new IllegalArgumentException(
          "`region` is true and `subset` has "
              + corners.size()
              + " neurons; a rectangle has two corners, such as 2:3,5:6.");
    }
    return new NeuronSelection.Rectangle(corners.get(0), corners.get(1));
  }
}
