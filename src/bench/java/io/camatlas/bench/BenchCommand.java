package io.camatlas.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.camatlas.cli.Command;
import io.camatlas.cli.SparkSessions;
import io.camatlas.cli.TemporaryFolder;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Option;
import io.camatlas.config.Scope;
import io.camatlas.config.Topic;
import io.camatlas.demo.DemoDataset;
import io.camatlas.demo.DemoModel;
import io.camatlas.demo.DemoSettings;
import io.camatlas.model.Network;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas bench}: measures the cost of explaining. */
final class BenchCommand implements Command {
  private static final String PEERS = "peers";
  private static final List<String> STUDIES =
      List.of("passes", "tuning", "rounding", "pipeline", "growth", PEERS);
  private static final Option<List<String>> ONLY =
      Option.names("only", STUDIES)
          .label("STUDY,…")
          .topic(Topic.BENCHMARK)
          .help(
              "Measurements to run without a model: "
                  + String.join(", ", STUDIES)
                  + ". Default: all.");
  private static final Option<String> AGAINST =
      Option.text("against", "PYTHON")
          .topic(Topic.BENCHMARK)
          .help(
              "Without a model: also run peers, which compares with torch-cam and pytorch-grad-cam,"
                  + " using a Python that has torch, torchvision, and torchcam or grad-cam.");
  static final Option<Integer> ROUNDS =
      Option.integer("rounds")
          .from(1)
          .byDefault(5)
          .topic(Topic.BENCHMARK)
          .help("Number of rounds, besides one for warming up.");
  private static final Option<Integer> THREADS =
      Option.integer("threads")
          .from(1)
          .byDefault(2)
          .topic(Topic.BENCHMARK)
          .help("Threads per operation.");
  private static final Option<String> JSON =
      Option.text("json", "FILE").topic(Topic.BENCHMARK).help("Also write the numbers to a file.");
  private static final Option<Integer> BATCH =
      Option.integer("batch")
          .from(1)
          .to(4096)
          .byDefault(8)
          .topic(Topic.DEVICE)
          .help(ExplainOptions.BATCH.helpOfNumber());
  private static final List<Integer> SIZES = List.of(500, 1000, 2000, 4000);
  private static final int PIPELINE_IMAGES = 1000;

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Compares explaining a batch of images with plain forwards of the same batch, without"
            + " Spark.",
        "Without a model, measures networks with random weights: passes with sampled and linear"
            + " heads and with several targets, engine settings, rounding, the pipeline around the"
            + " engine, and growth. This takes 40 minutes on two cores.",
        "All variants take turns in one process. Prints the median time per image and the"
            + " ratios.");
  }

  @Override
  public List<Option<?>> options() {
    return Stream.<Option<?>>concat(
            ExplainOptions.ALL.stream()
                .filter(option -> option.scope() == Scope.PER_IMAGE)
                .map(option -> option.notRequired()),
            Stream.of(BATCH, ONLY, AGAINST, ROUNDS, THREADS, JSON))
        .toList();
  }

  @Override
  public List<Option<String>> positionals() {
    return List.of(ModelOptions.MODEL);
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    boolean standard = !given.has(ModelOptions.MODEL);
    Optional<List<String>> chosen = given.build(() -> studies(given, standard));
    given.check();
    List<String> studies = chosen.orElseThrow();
    int rounds = given.get(ROUNDS);
    int threads = given.get(THREADS);
    Path folder = Files.createTempDirectory("camatlas");
    try {
      Map<String, Object> results = new LinkedHashMap<>();
      results.put("machine", machine(threads));
      if (standard) {
        for (String study : studies) {
          System.out.println((results.size() > 1 ? "\n" : "") + study);
          results.put(study, study(study, given, folder));
        }
      } else {
        results.put("passes", ofModel(given, rounds, threads, folder));
      }
      if (given.has(JSON)) {
        Files.writeString(
            Path.of(given.get(JSON)),
            new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(results));
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static List<String> studies(GivenSettings given, boolean standard) {
    if (!standard) {
      for (Option<?> option : List.of(ONLY, AGAINST)) {
        if (given.has(option)) {
          given.problem(
              "`" + option.name() + "` cannot be used with a model; leave out one of them.");
        }
      }
    }
    boolean peers = given.has(AGAINST);
    List<String> chosen =
        given
            .optional(ONLY)
            .orElse(STUDIES.stream().filter(study -> peers || !study.equals(PEERS)).toList());
    if (chosen.contains(PEERS) && !peers) {
      throw new IllegalArgumentException(
          "`only` names peers, which needs Python; set `against` to a Python executable.");
    }
    return chosen;
  }

  private static List<EngineBenchmark.Result> ofModel(
      GivenSettings given, int rounds, int threads, Path folder) {
    ExplainJobSettings settings =
        ExplainSetup.resolve(
            // Nothing is read or written, but the job's settings require a value.
            given.with(
                ExplainOptions.ALL,
                Map.of(ExplainOptions.IMAGES.name(), "none", ExplainOptions.OUT.name(), "none")),
            folder);
    String label =
        settings.explain().isClosedForm(settings.model().plan()) ? "closed form" : "as given";
    List<EngineBenchmark.Result> results =
        new EngineBenchmark(settings.model(), settings.card(), threads)
            .run(List.of(new EngineBenchmark.Variant(label, settings.explain())), rounds);
    System.out.print(EngineBenchmark.heading());
    results.forEach(result -> System.out.print(EngineBenchmark.text(result)));
    return results;
  }

  private static List<?> study(String name, GivenSettings given, Path folder) throws IOException {
    int rounds = given.get(ROUNDS);
    int threads = given.get(THREADS);
    int batch = given.get(BATCH);
    return switch (name) {
      case "passes" -> new StandardBenchmark(batch, rounds, threads).run(folder, System.out);
      case "tuning" -> new TuningBenchmark(rounds, threads).run(folder, System.out);
      case "rounding" -> new RoundingBenchmark(threads).run(folder, System.out);
      case "pipeline" -> pipeline(given, rounds, threads, folder);
      case "growth" -> growth(given, rounds, folder);
      case PEERS ->
          new PeersBenchmark(given.get(AGAINST), batch, rounds, threads).run(folder, System.out);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Measures the whole job with a network of ImageNet size. */
  private static List<JobBenchmark.Round> pipeline(
      GivenSettings given, int rounds, int threads, Path folder) throws IOException {
    Path images = scenes(PIPELINE_IMAGES, folder);
    Map<String, String> values = new LinkedHashMap<>();
    values.put(ModelOptions.MODEL.name(), RandomModel.SQUEEZENET1_1.write(folder).toString());
    values.put(ExplainOptions.LAYER.name(), "features.12");
    values.put(ExplainOptions.IMAGES.name(), images.resolve("images").toString());
    ExplainJobSettings settings = settings(values, folder);
    try (SparkSession spark = SparkSessions.start(spark("local[" + threads + "]"), given)) {
      return new JobBenchmark(spark, settings).run(rounds, System.out);
    }
  }

  /** Measures the demo's small network on growing numbers of its scenes. */
  private static List<GrowthBenchmark.Result> growth(GivenSettings given, int rounds, Path folder)
      throws IOException {
    int most = SIZES.get(SIZES.size() - 1);
    Path images = scenes(most, folder);
    List<String> lines = Files.readAllLines(images.resolve("manifest.csv"));
    List<String> rows = new ArrayList<>(lines.subList(1, lines.size()));
    Collections.shuffle(rows, new Random(1));
    Map<String, String> values = new LinkedHashMap<>();
    values.put(ModelOptions.MODEL.name(), DemoModel.copyTo(folder.resolve("model")).toString());
    List<ExplainJobSettings> jobs = new ArrayList<>();
    for (int size : SIZES) {
      Path manifest = images.resolve("first-" + size + ".csv");
      List<String> some = new ArrayList<>(List.of(lines.get(0)));
      some.addAll(rows.subList(0, size));
      Files.write(manifest, some);
      values.put(ExplainOptions.IMAGES.name(), manifest.toString());
      jobs.add(settings(values, folder));
    }
    return new GrowthBenchmark(
            executors -> SparkSessions.start(processes(executors), given), System.out)
        .run(jobs, Math.min(rounds, 2));
  }

  private static SparkSession.Builder spark(String master) {
    return SparkSession.builder().appName("CamAtlas bench").master(master);
  }

  /** Spark with that many executors of one core, each a process on this machine. */
  private static SparkSession.Builder processes(int executors) {
    return spark("local-cluster[" + executors + ",1,2048]")
        .config("spark.executor.memory", "1g")
        // Executors use this process's class path, so no jars are sent.
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"));
  }

  private static ExplainJobSettings settings(Map<String, String> values, Path folder) {
    Map<String, String> all = new LinkedHashMap<>(values);
    all.put(ExplainOptions.OUT.name(), folder.resolve("out").toString());
    all.put(ExplainOptions.OVERWRITE.name(), "true");
    all.put(ExplainOptions.DEVICE.name(), "cpu");
    return ExplainSetup.resolve(new GivenSettings(ExplainOptions.ALL, all, List.of()), folder);
  }

  private static Path scenes(int count, Path folder) throws IOException {
    Path data = folder.resolve("scenes-" + count);
    int perClass = count / DemoDataset.classes().size();
    DemoDataset.write(data, DemoSettings.audit(perClass, 7));
    return data;
  }

  private static Map<String, Object> machine(int threads) {
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    machine.put("java", System.getProperty("java.version"));
    machine.put("pytorch", Network.engineVersion());
    machine.put("threads", threads);
    return machine;
  }
}
