package io.camatlas.config;

import io.camatlas.cam.AlphaNumerator;
import io.camatlas.cam.AlphaScaling;
import io.camatlas.cam.Cam;
import io.camatlas.cam.CamMethod;
import io.camatlas.cam.FeatureMapSelection;
import io.camatlas.cam.GradCam;
import io.camatlas.cam.GradCamPlusPlus;
import io.camatlas.cam.LayerCam;
import io.camatlas.cam.NeuronSelection;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.cam.XGradCam;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Rule;
import io.camatlas.explain.TargetSelection;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.LayerName;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Precision;
import io.camatlas.model.PreparedModel;
import io.camatlas.model.ProbedLayer;
import io.camatlas.spark.executor.ExplainRecipe;
import io.camatlas.spark.explain.ExplainJobSettings;
import io.camatlas.spark.explain.ExplainResources;
import io.camatlas.spark.input.InputKind;
import io.camatlas.suggest.NearestName;
import io.camatlas.torchscript.TorchScriptArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The settings of {@code camatlas explain}. */
public final class ExplainOptions {
  private static final List<String> METHODS =
      List.of(
          SmoothGradCamPlusPlus.NAME, "grad-cam++", "grad-cam", "cam", "xgrad-cam", "layer-cam");

  private static final List<Option> OWN =
      List.of(
          new Option(
              "images",
              "DIR|GLOB|TABLE",
              "",
              "Folder (classes are its first folders), glob, .csv or .parquet manifest, .tar shards"
                  + " (WebDataset), or table with a binary column. Required."),
          new Option("out", "DIR", "", "Folder for tables, run.json and pictures. Required."),
          new Option(
              "layer",
              "NAME,…",
              "",
              "Layers by dotted path; layer#1 is the first of several calls, else the last is"
                  + " taken. Default: the sidecar's, else the last with spatial output."),
          new Option(
              "targets",
              "LIST",
              "predicted",
              "Classes to explain: label, predicted, top-K, names or indices of classes."),
          new Option(
              "method",
              "NAME,…",
              SmoothGradCamPlusPlus.NAME,
              String.join(", ", METHODS)
                  + "; each gives a map of its own, and all share the passes."),
          new Option(
              "samples",
              "N",
              "8",
              "Noisy copies of each image; 0 is the paper's default, no noise."),
          new Option("sigma", "S", "0.15", "Standard deviation of the noise."),
          new Option(
              "noise-scale",
              "range|absolute",
              "range",
              "sigma in units of the input's maximum minus minimum, or of the normalised input."),
          new Option("seed", "N", "0", "Seed of the noise; noise depends on it and on the image."),
          new Option("score", "logit|exp", "logit", "Differentiate the score or its exponential."),
          new Option(
              "numerator",
              "second|paper",
              "second",
              "Derivative above the line of alpha: as Grad-CAM++ derives it, or as Smooth"
                  + " Grad-CAM++ prints it, the first."),
          new Option("alpha", "raw|normalized", "raw", "alpha as printed, or divided by its sum."),
          new Option(
              "filters",
              "K,…;…",
              "",
              "Feature maps that the sum runs over; default all. Lists with ; between them give a"
                  + " map each."),
          new Option("per-filter", "true|false", "false", "Also one map for each of the filters."),
          new Option(
              "subset",
              "R:C,…;…",
              "",
              "Neurons of the layer's grid that the sum runs over, as row:column; default all."
                  + " Lists with ; between them give a map each."),
          new Option(
              "region",
              "true|false",
              "false",
              "A subset is two corners of a rectangle instead of single neurons."),
          new Option(
              "batch",
              "N|auto",
              "8",
              "Images or noisy copies that the device holds at once; bounds its memory. auto tries"
                  + " sizes for some seconds and takes the smallest that is nearly the fastest."),
          new Option(
              "batch-memory",
              "MB",
              "1024",
              "With --batch auto: memory that a task's passes may take beside the network."),
          new Option(
              "no-shortcut",
              "true|false",
              "false",
              "Make noisy copies also where the code proves that they change nothing: scores affine"
                  + " in the layer's output."),
          new Option("device", "auto|cpu|cuda", "auto", "Where the network runs."),
          new Option(
              "precision",
              "float64|float32|tf32|float16|bfloat16",
              "float32",
              "What the network computes with; maps and statistics are float32 always."),
          new Option(
              "tasks-per-gpu",
              "N",
              "1",
              "Tasks that share a GPU and its network, where executors have GPUs and tasks are"
                  + " given none by spark.task.resource.gpu.amount."),
          new Option(
              "decoders",
              "N",
              "-1",
              "Threads of each task that read and decode images ahead of the device; 0 none, -1"
                  + " chooses: the task's cores beside a GPU; beside the CPU one if images lie on"
                  + " other machines, else none."),
          new Option(
              "executor-gpus",
              "N",
              "0",
              "With dynamic allocation: GPUs of the executors that explain; 0 takes executors as"
                  + " they are."),
          new Option(
              "input-kind",
              "KIND",
              "auto",
              "What --images is: auto, directory, glob, csv, parquet, table or webdataset."),
          new Option(
              "content-column", "NAME", "", "Column of encoded images, if a table has several."),
          new Option(
              "partitions",
              "N",
              "0",
              "Tasks that images are spread over; 0 chooses by count, bytes and time."),
          new Option("overlays", "N", "0", "Pictures for each class."),
          new Option(
              "overwrite",
              "true|false",
              "false",
              "Begin anew, and replace results that are there once the new ones are complete."
                  + " Otherwise a run that is there is continued: only what is missing is done."),
          new Option(
              "retry-failures", "true|false", "false", "Do images again that failed before."),
          new Option(
              "max-pixels",
              "N",
              String.valueOf(DecodeLimits.DEFAULT.maxPixels()),
              "Larger images are failures, found from the header."),
          new Option(
              "max-bytes",
              "N",
              String.valueOf(DecodeLimits.DEFAULT.maxBytes()),
              "Larger files are failures."));

  /** All options, in the order of the help. */
  public static final List<Option> ALL =
      Stream.concat(ModelOptions.ALL.stream(), OWN.stream()).toList();

  /** Options that say where images come from, where results go, or how a job is spread. */
  private static final Set<String> OF_THE_JOB =
      Set.of(
          "images",
          "out",
          "batch-memory",
          "tasks-per-gpu",
          "executor-gpus",
          "input-kind",
          "content-column",
          "partitions",
          "overlays",
          "overwrite",
          "retry-failures");

  /**
   * The options that say how an image is explained and by what, wherever it comes from, in the
   * order of the help. A batch is a number here: to find one takes a job of its own.
   */
  public static final List<Option> RECIPE =
      ALL.stream()
          .filter(option -> !OF_THE_JOB.contains(option.name()))
          .map(
              option ->
                  option.name().equals("batch")
                      ? new Option(
                          "batch",
                          "N",
                          option.defaultValue(),
                          "Images or noisy copies that the device holds at once; bounds its"
                              + " memory.")
                      : option)
          .toList();

  private ExplainOptions() {}

  /**
   * Checks everything that can be checked before Spark starts: settings, model, layer, and a dry
   * run of the network.
   *
   * @param folder where the probed model is written
   * @throws SettingsException with all problems
   */
  public static ExplainJobSettings resolve(GivenSettings given, Path folder) {
    String images = given.required("images");
    String out = given.required("out");
    InputKind kind = given.choice("input-kind", InputKind.class);
    int batchMemory = given.integer("batch-memory");
    int executorGpus = given.integer("executor-gpus");
    int tasksPerGpu = given.integer("tasks-per-gpu");
    Optional<ExplainResources> resources =
        given.build(() -> new ExplainResources(executorGpus, tasksPerGpu));
    int partitions = given.integer("partitions");
    int overlays = given.integer("overlays");
    boolean overwrite = given.flag("overwrite");
    boolean retryFailures = given.flag("retry-failures");
    checkImages(given, images, kind);
    if (partitions < 0 || partitions > 1_000_000) {
      given.problem("partitions is " + partitions + "; it must be from 0 to 1000000.");
    }
    if (overlays < 0) {
      given.problem("overlays is " + overlays + "; it must be at least 0.");
    }
    if (batchMemory < 1) {
      given.problem("batch-memory is " + batchMemory + " MB; it must be at least 1.");
    }
    Optional<ExplainRecipe> recipe = recipe(given, folder);
    given.check();
    return new ExplainJobSettings(
        images,
        kind,
        given.optional("content-column"),
        recipe.orElseThrow().model(),
        given.text("model"),
        recipe.orElseThrow().card(),
        recipe.orElseThrow().explain(),
        findsBatch(given) ? OptionalLong.of((long) batchMemory << 20) : OptionalLong.empty(),
        recipe.orElseThrow().device(),
        resources.orElseThrow(),
        recipe.orElseThrow().decoders(),
        out,
        overwrite,
        retryFailures,
        partitions,
        overlays,
        given.all());
  }

  private static boolean findsBatch(GivenSettings given) {
    return given.text("batch").equals("auto");
  }

  /**
   * Checks the options of {@link #RECIPE}: settings, model, layer, and a dry run of the network.
   *
   * @param given problems are noted there
   * @param folder where the probed model is written
   * @return empty if there is any problem; with a batch of 1 where one is to be found
   */
  public static Optional<ExplainRecipe> recipe(GivenSettings given, Path folder) {
    Optional<List<CamMethod>> methods = methods(given);
    Optional<List<FeatureMapSelection>> filters =
        given.build(() -> parts(given, "filters").map(list -> filters(given, list)).toList());
    Optional<List<NeuronSelection>> neurons =
        given.build(() -> parts(given, "subset").map(list -> neurons(given, list)).toList());
    int batch = findsBatch(given) ? 1 : given.integer("batch");
    boolean noShortcut = given.flag("no-shortcut");
    DeviceChoice device = given.choice("device", DeviceChoice.class);
    Precision precision = given.choice("precision", Precision.class);
    if (device == DeviceChoice.CPU) {
      given.build(() -> precision.check(false, System.getenv()));
    }
    long maxPixels = given.longInteger("max-pixels");
    long maxBytes = given.longInteger("max-bytes");
    Optional<DecodeLimits> limits = given.build(() -> new DecodeLimits(maxPixels, maxBytes));
    int decoders = given.integer("decoders");
    if (decoders < -1 || decoders > 256) {
      given.problem("decoders is " + decoders + "; it must be from 0 to 256, or -1 to choose.");
    }
    if (batch < 1 || batch > 4096) {
      given.problem("batch is " + batch + "; it must be from 1 to 4096.");
    }
    Optional<ModelOptions.OpenModel> opened = ModelOptions.open(given);
    Optional<PreparedModel> prepared =
        opened.flatMap(model -> prepare(given, model, precision, folder));
    Optional<ModelCard> card =
        prepared.flatMap(
            model -> given.build(() -> opened.get().card().withClassesFor(model.plan().classes())));
    Optional<TargetSelection> targets =
        card.flatMap(
            known ->
                given.build(() -> TargetSelection.parse(given.text("targets"), known.classes())));
    prepared.ifPresent(
        model ->
            checkSelections(given, model, filters.orElse(List.of()), neurons.orElse(List.of())));
    for (CamMethod method : methods.orElse(List.of())) {
      if (prepared.isPresent() && method.needsLinearHead()) {
        given.build(
            () -> {
              prepared.get().requireConstantGradients(method.name());
              return true;
            });
      }
    }
    if (given.hasProblems()) {
      return Optional.empty();
    }
    List<Rule> rules = new ArrayList<>();
    for (CamMethod method : methods.orElseThrow()) {
      for (FeatureMapSelection maps : filters.orElseThrow()) {
        neurons.orElseThrow().forEach(cells -> rules.add(new Rule(method, maps, cells)));
      }
    }
    return given.build(
        () ->
            new ExplainRecipe(
                prepared.orElseThrow(),
                card.orElseThrow(),
                new ExplainSettings(
                    rules, targets.orElseThrow(), batch, !noShortcut, limits.orElseThrow()),
                device,
                decoders,
                given.all()));
  }

  private static Optional<PreparedModel> prepare(
      GivenSettings given, ModelOptions.OpenModel model, Precision precision, Path folder) {
    return given.build(
        () -> {
          try {
            TorchScriptArchive archive = model.archive();
            List<LayerName> layers = new ArrayList<>();
            Optional<String> named = given.optional("layer").or(() -> model.card().defaultLayer());
            if (named.isPresent()) {
              for (String name : named.get().split(",")) {
                layers.add(LayerName.parse(name.strip()));
              }
            } else {
              layers.add(
                  LayerName.parse(
                      PreparedModel.suggestedLayer(
                          archive, model.entry(), model.card().inputShape())));
            }
            return PreparedModel.prepare(
                archive, model.entry(), layers, model.card().inputShape(), precision, folder);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void checkSelections(
      GivenSettings given,
      PreparedModel model,
      List<FeatureMapSelection> filters,
      List<NeuronSelection> neurons) {
    for (ProbedLayer layer : model.plan().layers()) {
      given.build(
          () -> {
            filters.forEach(selection -> selection.check(layer.maps()));
            return true;
          });
      given.build(
          () -> {
            neurons.forEach(selection -> selection.check(layer.height(), layer.width()));
            return true;
          });
    }
  }

  private static void checkImages(GivenSettings given, String images, InputKind kind) {
    boolean local =
        !images.isEmpty()
            && !images.contains("://")
            && !images.startsWith("hdfs:")
            && !images.matches(".*[*?\\[{].*")
            && images.contains("/")
            && kind != InputKind.TABLE;
    if (local && images.startsWith("file:")) {
      return;
    }
    if (local && !Files.exists(Path.of(images)) && !hasDefaultFileSystem()) {
      given.problem("images is " + images + ", and nothing is there.");
    }
  }

  /** On a cluster a bare path lies on the cluster's file system, which only Spark knows. */
  private static boolean hasDefaultFileSystem() {
    return System.getenv("HADOOP_CONF_DIR") != null || System.getenv("YARN_CONF_DIR") != null;
  }

  private static Optional<List<CamMethod>> methods(GivenSettings given) {
    List<CamMethod> methods = new ArrayList<>();
    List<String> names =
        Arrays.stream(given.text("method").split(",", -1)).map(String::strip).toList();
    for (String name : names) {
      method(given, name).ifPresent(methods::add);
    }
    return methods.size() == names.size() ? Optional.of(methods) : Optional.empty();
  }

  /** Lists with a semicolon between them; one that is empty if there is none. */
  private static Stream<String> parts(GivenSettings given, String name) {
    return Arrays.stream(given.text(name).split(";", -1));
  }

  private static Optional<CamMethod> method(GivenSettings given, String name) {
    ScoreTransform score = given.choice("score", ScoreTransform.class);
    AlphaScaling alpha = given.choice("alpha", AlphaScaling.class);
    AlphaNumerator numerator = given.choice("numerator", AlphaNumerator.class);
    NoiseScale scale = given.choice("noise-scale", NoiseScale.class);
    int samples = given.integer("samples");
    double sigma = given.decimal("sigma");
    long seed = given.longInteger("seed");
    Optional<NoisePlan> noise = given.build(() -> new NoisePlan(samples, sigma, scale, seed));
    return switch (name) {
      case SmoothGradCamPlusPlus.NAME ->
          noise.map(plan -> new SmoothGradCamPlusPlus(plan, score, numerator, alpha));
      case "grad-cam++" -> Optional.of(new GradCamPlusPlus(score, alpha));
      case "grad-cam" -> Optional.of(new GradCam());
      case "cam" -> Optional.of(new Cam());
      case "xgrad-cam" -> Optional.of(new XGradCam());
      case "layer-cam" -> Optional.of(new LayerCam());
      default -> {
        given.problem(
            "method is '"
                + name
                + "'; it must be one of "
                + String.join(", ", METHODS)
                + NearestName.clause(name, METHODS)
                + ".");
        yield Optional.empty();
      }
    };
  }

  private static FeatureMapSelection filters(GivenSettings given, String list) {
    List<Integer> indices =
        Arrays.stream(list.split(","))
            .map(String::strip)
            .filter(item -> !item.isEmpty())
            .map(item -> ModelOptions.wholeNumber("filters", item))
            .toList();
    return new FeatureMapSelection(indices, given.flag("per-filter"));
  }

  private static NeuronSelection neurons(GivenSettings given, String list) {
    boolean region = given.flag("region");
    List<NeuronSelection.Cell> cells = new ArrayList<>();
    for (String item : list.split(",")) {
      if (!item.isBlank()) {
        String[] parts = item.strip().split(":");
        if (parts.length != 2) {
          throw new IllegalArgumentException(
              "subset holds '" + item.strip() + "'; a neuron is row:column, as 3:5.");
        }
        cells.add(
            new NeuronSelection.Cell(
                ModelOptions.wholeNumber("subset", parts[0]),
                ModelOptions.wholeNumber("subset", parts[1])));
      }
    }
    if (!region) {
      return cells.isEmpty() ? new NeuronSelection.All() : new NeuronSelection.Cells(cells);
    }
    if (cells.size() != 2) {
      throw new IllegalArgumentException(
          "region is true and subset has "
              + cells.size()
              + " neurons; a rectangle has two corners, as --subset 2:3,5:6.");
    }
    return new NeuronSelection.Rectangle(cells.get(0), cells.get(1));
  }
}
