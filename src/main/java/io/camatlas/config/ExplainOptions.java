package io.camatlas.config;

import io.camatlas.cam.MethodParameter;
import io.camatlas.cam.NamedMethod;
import io.camatlas.cam.NeuronSelection.Cell;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoiseScale;
import io.camatlas.image.DecodeLimits;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.GridLayout;
import io.camatlas.model.LabelSets;
import io.camatlas.model.Precision;
import io.camatlas.model.ScoreOver;
import io.camatlas.suggest.Choices;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The options of {@code camatlas explain}. */
public final class ExplainOptions {
  /** Value of {@link #BATCH} if the size is to be chosen by what the networks run on. */
  public static final int CHOOSE_BATCH = -1;

  /** The size that is chosen for CPUs. */
  public static final int USUAL_BATCH = 8;

  /** Value of {@link #BATCH} if the best size is to be determined. */
  public static final int FIND_BATCH = 0;

  public static final Option<String> IMAGES =
      Option.text("images", "DIR|GLOB|TABLE")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.IMAGES)
          .help(
              "Where the images are: a folder whose first subfolders name the classes, a glob, a"
                  + " manifest (.csv or .parquet), .tar shards (WebDataset), or a table with a"
                  + " binary column.");

  public static final Option<InputKind> INPUT_KIND =
      Option.choice("input-kind", InputKind.class)
          .label("KIND")
          .byDefault(Choices.name(InputKind.AUTO))
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.IMAGES)
          .help("What `images` is: " + oneOf(Choices.names(InputKind.class)) + ".");

  public static final Option<String> CONTENT_COLUMN =
      Option.text("content-column", "NAME")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.IMAGES)
          .help("Column of the encoded images, if a table has several binary columns.");

  public static final Option<String> LABEL_SEPARATOR =
      Option.text("label-separator", "TEXT")
          .byDefault(LabelSets.USUAL.separator())
          .topic(Topic.IMAGES)
          .help(
              "Of a model of several labels: what stands between two labels of an image, or the word"
                  + " space or tab. ?NAME is an uncertain label, ~NAME one of which nothing is known.");

  public static final Option<String> EMPTY_LABEL =
      Option.text("empty-label", "NAME,…")
          .byDefault(String.join(",", LabelSets.USUAL.none()))
          .topic(Topic.IMAGES)
          .help(
              "Of a model of several labels: texts that say that an image has none of the labels.");

  public static final Option<LabelSets.Others> OTHER_LABELS =
      Option.choice("other-labels", LabelSets.Others.class)
          .byDefault(LabelSets.USUAL.others().text())
          .topic(Topic.IMAGES)
          .help(
              "Of a model of several labels: whether labels that are no classes of the model end the"
                  + " job before it begins, as misspelt ones would count as absent, or are ignored.");

  public static final Option<LabelSets.Reading> UNCERTAIN_LABELS =
      Option.choice("uncertain-labels", LabelSets.Reading.class)
          .label("HOW")
          .byDefault(LabelSets.USUAL.uncertain().text())
          .topic(Topic.IMAGES)
          .help(
              "Of a model of several labels: how uncertain labels (-1 in a column of a class) are"
                  + " read: unknown (not counted for their class), present or absent.");

  public static final Option<LabelSets.Reading> MISSING_LABELS =
      Option.choice("missing-labels", LabelSets.Reading.class)
          .label("HOW")
          .byDefault(LabelSets.USUAL.missing().text())
          .topic(Topic.IMAGES)
          .help(
              "Of a model of several labels: how labels are read of which nothing is said (an empty"
                  + " cell in a column of a class): unknown, present or absent.");

  public static final Option<Long> MAX_PIXELS =
      Option.wide("max-pixels")
          .from(1L)
          .to(DecodeLimits.MOST_PIXELS)
          .byDefault(DecodeLimits.DEFAULT.maxPixels())
          .topic(Topic.IMAGES)
          .help("Images with more pixels than this become failures; only their header is read.");

  public static final Option<Long> MAX_BYTES =
      Option.wide("max-bytes")
          .from(1L)
          .byDefault(DecodeLimits.DEFAULT.maxBytes())
          .topic(Topic.IMAGES)
          .help("Files with more bytes than this become failures.");

  public static final Option<String> LAYER =
      Option.text("layer", "NAME,…")
          .topic(Topic.EXPLANATION)
          .help(
              "Layers to explain, by dotted path. If a layer is called several times, its last call"
                  + " counts; layer#1 is the first. Default: the layer that the sidecar names, else"
                  + " the last one with a grid that the scores depend on.");

  public static final Option<List<GridLayout>> LAYOUT =
      Option.of("layout", "LAYOUT,…", ExplainOptions::layouts)
          .topic(Topic.EXPLANATION)
          .help(
              "What the layers return, one for all or one for each: "
                  + GridLayout.FORMS
                  + ". Default: found from the layer's output and the network's convolutions.");

  public static final Option<String> TARGETS =
      Option.text("targets", "LIST")
          .byDefault("predicted")
          .topic(Topic.EXPLANATION)
          .help("Classes to explain: label, predicted, top-K, names or indices of classes.");

  public static final Option<ScoreOver> SCORE_OVER =
      Option.choice("score-over", ScoreOver.class)
          .byDefault(ScoreOver.WINNING.text())
          .topic(Topic.EXPLANATION)
          .help(
              "Pixels that a class's score is the mean over, if the model scores every pixel"
                  + " (segmentation): those where the class wins, those of the image's mask or"
                  + " boxes, or the whole picture.");

  public static final Option<List<String>> METHOD =
      Option.names("method", NamedMethod.names())
          .byDefault(NamedMethod.ALL.get(0).name())
          .topic(Topic.EXPLANATION)
          .help(
              "How maps are computed: "
                  + oneOf(NamedMethod.names())
                  + ". Several methods give a map each and share the passes.");

  public static final Option<Integer> SAMPLES =
      Option.integer("samples")
          .from(0)
          .to(NoisePlan.MAX_SAMPLES)
          .byDefault(8)
          .topic(Topic.EXPLANATION)
          .help("Noisy copies of each image. 0, the default in the paper, adds no noise.");

  public static final Option<Double> SIGMA =
      Option.decimal("sigma")
          .from(0.0)
          .byDefault(0.15)
          .label("S")
          .topic(Topic.EXPLANATION)
          .help("Standard deviation of the noise.");

  public static final Option<NoiseScale> NOISE_SCALE =
      Option.choice("noise-scale", NoiseScale.class)
          .byDefault(Choices.name(NoiseScale.RANGE))
          .topic(Topic.EXPLANATION)
          .help(
              "Unit of `sigma`: the input's range (maximum minus minimum), or 1 in the normalised"
                  + " input (absolute).");

  public static final Option<Long> SEED =
      Option.wide("seed")
          .byDefault(0)
          .topic(Topic.EXPLANATION)
          .help("Seed of the noise. An image's noise depends on the seed and the image alone.");

  /** The options of the methods' parameters. */
  private static final Map<MethodParameter<?>, Option<?>> OF_METHODS =
      NamedMethod.allParameters().stream()
          .collect(
              Collectors.toMap(
                  Function.identity(),
                  ExplainOptions::option,
                  (one, other) -> one,
                  LinkedHashMap::new));

  public static final Option<List<List<Integer>>> FILTERS =
      Option.of("filters", "K,…;…", text -> lists(text, ExplainOptions::filter))
          .topic(Topic.EXPLANATION)
          .help(
              "Feature maps to sum over, by index. Default: all. Separate lists with ; to get a map"
                  + " for each.");

  public static final Option<Boolean> PER_FILTER =
      Option.flag("per-filter")
          .topic(Topic.EXPLANATION)
          .help("Also make a map for each of the `filters` alone.");

  public static final Option<List<List<Cell>>> SUBSET =
      Option.of("subset", "R:C,…;…", text -> lists(text, ExplainOptions::cell))
          .topic(Topic.EXPLANATION)
          .help(
              "Neurons of the layer's grid to sum over, as row:column. Default: all. Separate lists"
                  + " with ; to get a map for each.");

  public static final Option<Boolean> REGION =
      Option.flag("region")
          .topic(Topic.EXPLANATION)
          .help("The neurons of `subset` are two corners of a rectangle.");

  public static final Option<Boolean> NO_SHORTCUT =
      Option.flag("no-shortcut")
          .topic(Topic.EXPLANATION)
          .help(
              "Run noisy copies even where the code proves that they change nothing, because the"
                  + " scores are affine in the layer's output.");

  public static final Option<Boolean> ALLOW_RANDOM =
      Option.flag("allow-random")
          .topic(Topic.MODEL)
          .help(
              "Explain a model that gives one image different scores in two passes. Its maps are"
                  + " then those of one pass among many.");

  public static final Option<Integer> BATCH =
      Option.integer("batch")
          .from(1)
          .to(4096)
          .or(CHOOSE_BATCH, "to choose")
          .orWord(
              "auto",
              FIND_BATCH,
              "auto tries several sizes for a few seconds and takes the smallest that is nearly the"
                  + " fastest.")
          .byDefault(CHOOSE_BATCH)
          .scope(Scope.OF_A_PLACE)
          .topic(Topic.DEVICE)
          .help(
              "Images or noisy copies that the device holds at once; bounds its memory. -1 chooses:"
                  + " 8, except that a run of explain tries several sizes for 1,000 images or more"
                  + " on GPUs.");

  public static final Option<Integer> BATCH_MEMORY =
      Option.integer("batch-memory")
          .from(1)
          .byDefault(1024)
          .label("MB")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.DEVICE)
          .help(
              "Memory that a task's passes may take beside the network, in MB, if `batch` is"
                  + " auto.");

  public static final Option<DeviceChoice> DEVICE =
      Option.choice("device", DeviceChoice.class)
          .byDefault(Choices.name(DeviceChoice.AUTO))
          .scope(Scope.OF_A_PLACE)
          .topic(Topic.DEVICE)
          .help("Where the network runs. auto uses a GPU if there is one.");

  public static final Option<Precision> PRECISION =
      Option.choice("precision", Precision.class)
          .byDefault(Choices.name(Precision.FLOAT32))
          .topic(Topic.DEVICE)
          .help("Numbers that the network computes with. Maps and statistics are always float32.");

  public static final Option<Integer> DECODERS =
      Option.integer("decoders")
          .from(0)
          .to(256)
          .or(-1, "to choose")
          .byDefault(-1)
          .scope(Scope.OF_A_PLACE)
          .topic(Topic.DEVICE)
          .help(
              "Threads of each task that read and decode images ahead of the device. 0 uses none."
                  + " -1 chooses: all cores of the task if it has a GPU; otherwise one thread if"
                  + " the images are on other machines, else none.");

  public static final Option<Integer> TASKS_PER_GPU =
      Option.integer("tasks-per-gpu")
          .from(1)
          .to(64)
          .byDefault(4)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.DEVICE)
          .help(
              "Tasks that share a GPU and its network, as far as there are cores. Applies where"
                  + " executors have GPUs and spark.task.resource.gpu.amount is not set.");

  public static final Option<Integer> EXECUTOR_GPUS =
      Option.integer("executor-gpus")
          .from(0)
          .to(64)
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.DEVICE)
          .help(
              "With dynamic allocation: GPUs of each executor that explains. 0 takes executors as"
                  + " they are.");

  public static final Option<Integer> PARTITIONS =
      Option.integer("partitions")
          .from(0)
          .to(1_000_000)
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.DEVICE)
          .help(
              "Tasks that the images are spread over. 0 chooses by their number, size and the time"
                  + " that they take.");

  public static final Option<String> OUT =
      Option.text("out", "DIR")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help("Folder for tables, run.json and pictures.");

  public static final Option<Integer> PROBABILITIES =
      Option.integer("probabilities")
          .from(1)
          .orWord("all", 0, "all keeps them all.")
          .byDefault("all")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help("Classes whose probabilities are kept, once for each image: the N most probable.");

  public static final Option<Integer> OVERLAYS =
      Option.integer("overlays")
          .from(0)
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help("Pictures to draw for each class.");

  public static final Option<Boolean> OVERWRITE =
      Option.flag("overwrite")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help(
              "Start again, and replace old results once the new ones are complete. Otherwise an"
                  + " unfinished run is resumed: only what is missing is done.");

  public static final Option<Boolean> CHECK_PARTS =
      Option.flag("check-parts")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help(
              "Compare the checksums of all parts that earlier starts wrote. Otherwise only parts"
                  + " are read that are new since the last check, or whose length or time has"
                  + " changed.");

  public static final Option<Boolean> REMOVE_GONE =
      Option.flag("remove-gone")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help("Remove images from the tables that are no longer in `images`.");

  public static final Option<FailureLimit> MAX_FAILURES =
      Option.of("max-failures", "N|P%", FailureLimit::parse)
          .byDefault(FailureLimit.DEFAULT)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help(
              "Images that may fail, or their share in percent. If more do, or all, the command"
                  + " finishes its work and exits with code 3.");

  public static final Option<Boolean> RETRY_FAILURES =
      Option.flag("retry-failures")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help("Retry images that failed before.");

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      Stream.<Stream<? extends Option<?>>>of(
              ModelOptions.ALL.stream(),
              Stream.of(
                  IMAGES,
                  INPUT_KIND,
                  CONTENT_COLUMN,
                  LABEL_SEPARATOR,
                  EMPTY_LABEL,
                  OTHER_LABELS,
                  UNCERTAIN_LABELS,
                  MISSING_LABELS,
                  MAX_PIXELS,
                  MAX_BYTES,
                  LAYER,
                  LAYOUT,
                  ALLOW_RANDOM,
                  TARGETS,
                  SCORE_OVER,
                  METHOD,
                  SAMPLES,
                  SIGMA,
                  NOISE_SCALE,
                  SEED),
              OF_METHODS.values().stream(),
              Stream.of(
                  FILTERS,
                  PER_FILTER,
                  SUBSET,
                  REGION,
                  NO_SHORTCUT,
                  BATCH,
                  BATCH_MEMORY,
                  DEVICE,
                  PRECISION,
                  DECODERS,
                  TASKS_PER_GPU,
                  EXECUTOR_GPUS,
                  PARTITIONS,
                  OUT,
                  PROBABILITIES,
                  OVERLAYS,
                  OVERWRITE,
                  CHECK_PARTS,
                  REMOVE_GONE,
                  MAX_FAILURES,
                  RETRY_FAILURES))
          .<Option<?>>flatMap(Function.identity())
          .toList();

  /**
   * The options that say how and with which model an image is explained, wherever the image comes
   * from, in the order of the help.
   */
  public static final List<Option<?>> RECIPE =
      ALL.stream().filter(option -> option.scope() != Scope.OF_THE_JOB).toList();

  private ExplainOptions() {}

  /** The option that gives a parameter of methods its value. */
  public static Option<?> of(MethodParameter<?> parameter) {
    return OF_METHODS.get(parameter);
  }

  /** The options that give parameters of methods their values. */
  public static Collection<Option<?>> ofMethods() {
    return OF_METHODS.values();
  }

  private static Option<?> option(MethodParameter<?> parameter) {
    return typed(parameter)
        .byDefault(
            parameter.byDefault() instanceof Enum<?> constant
                ? Choices.name(constant)
                : parameter.byDefault())
        .topic(Topic.EXPLANATION)
        .help(parameter.help());
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Option<?> typed(MethodParameter<?> parameter) {
    String name = parameter.name();
    if (parameter.type().isEnum()) {
      return Option.choice(name, (Class) parameter.type());
    }
    return parameter.type() == Double.class
        ? within(Option.decimal(name), (MethodParameter<Double>) parameter)
        : within(Option.integer(name), (MethodParameter<Integer>) parameter);
  }

  private static <N extends Number & Comparable<N>> Option<N> within(
      NumberOption<N> option, MethodParameter<N> parameter) {
    NumberOption<N> least = parameter.least() == null ? option : option.from(parameter.least());
    return parameter.most() == null ? least : least.to(parameter.most());
  }

  private static String oneOf(List<String> names) {
    int last = names.size() - 1;
    return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  /** Parses lists separated by semicolons, whose items are separated by commas. */
  private static <T> List<List<T>> lists(String text, Function<String, T> item) {
    return Arrays.stream(text.split(";", -1))
        .map(
            list ->
                Arrays.stream(list.split(","))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .map(item)
                    .toList())
        .toList();
  }

  private static List<GridLayout> layouts(String text) {
    return Arrays.stream(text.split(","))
        .map(
            part -> {
              try {
                return GridLayout.parse(part.strip());
              } catch (IllegalArgumentException e) {
                throw Option.holds("layout", part.strip(), GridLayout.FORMS, e);
              }
            })
        .toList();
  }

  private static int filter(String text) {
    return ModelOptions.wholeNumber("filters", text);
  }

  private static Cell cell(String text) {
    String[] parts = text.split(":");
    if (parts.length != 2) {
      throw Option.holds("subset", text, "a neuron, row:column, such as 3:5", null);
    }
    return new Cell(
        ModelOptions.wholeNumber("subset", parts[0]), ModelOptions.wholeNumber("subset", parts[1]));
  }
}
