package io.camatlas.bench;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.camatlas.cli.Command;
import io.camatlas.cli.SparkSessions;
import io.camatlas.cli.TemporaryFolder;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import io.camatlas.config.Topic;
import io.camatlas.model.DeviceChoice;
import io.camatlas.model.NativeEngine;
import io.camatlas.model.Precision;
import io.camatlas.suggest.Choices;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;

/** {@code camatlas bench-gpu}: measures the job on a GPU against what the GPU could do. */
final class BenchGpuCommand implements Command {
  private static final int ON_GPU = 64;
  private static final int ON_CPU = 8;

  private static final Option<Precision> PRECISION =
      Option.choice("precision", Precision.class)
          .topic(Topic.BENCHMARK)
          .help("The only precision to measure. Default: float32, tf32 and bfloat16 on a GPU.");
  private static final Option<Integer> BATCH =
      Option.integer("batch")
          .from(1)
          .to(4096)
          .or(0, "to choose")
          .byDefault(0)
          .topic(Topic.BENCHMARK)
          .help("Images of a pass: 64 on a GPU, 8 on a CPU.");
  private static final Option<Integer> SECONDS =
      Option.integer("seconds")
          .from(1)
          .byDefault(8)
          .topic(Topic.BENCHMARK)
          .help("How long each job takes, about.");
  private static final Option<String> AGAINST =
      Option.text("against", "PYTHON")
          .topic(Topic.BENCHMARK)
          .help("Also measure torch-cam with this Python, on the same device.");
  private static final Option<String> JSON =
      Option.text("json", "FILE").topic(Topic.BENCHMARK).help("Also write the numbers to a file.");

  @Override
  public String name() {
    return "bench-gpu";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Compares the job, from JPEG files to Parquet, with plain forwards of the same network on"
            + " the same device: ResNet-50 with random weights, in float32, tf32 and bfloat16.",
        "Images and weights are generated, so that it needs no internet. It takes about five minutes"
            + " on a GPU, on the first that CUDA_VISIBLE_DEVICES names.");
  }

  @Override
  public List<Option<?>> options() {
    return List.of(ExplainOptions.DEVICE, PRECISION, BATCH, SECONDS, AGAINST, JSON);
  }

  @Override
  public void run(GivenSettings given) throws IOException {
    if (given.has(AGAINST)) {
      checkPython(given);
    }
    given.check();
    if (given.has(JSON)) {
      // Now rather than after all the work.
      Files.writeString(Path.of(given.get(JSON)), "[]");
    }
    Path folder = Files.createTempDirectory("camatlas");
    try {
      if (given.has(PRECISION)) {
        one(given, folder);
      } else {
        all(given, folder);
      }
    } finally {
      TemporaryFolder.delete(folder);
    }
  }

  private static void checkPython(GivenSettings given) throws IOException {
    String python = given.get(AGAINST);
    String problem;
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import numpy, torch, torchvision")
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      problem = process.waitFor() == 0 ? "" : said.strip().replaceFirst("(?s).*\n", "");
    } catch (IOException e) {
      problem = e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    if (!problem.isEmpty()) {
      given.problem(
          "`against` is "
              + python
              + ", which cannot be used ("
              + problem
              + "); name a Python with numpy, torch, torchvision and torchcam.");
    }
  }

  /** Help is shown without Spark, whose library this is. */
  private static ObjectMapper mapper() {
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  }

  private static Device device(GivenSettings given) {
    boolean gpu =
        switch (given.get(ExplainOptions.DEVICE)) {
          case CPU -> false;
          case CUDA -> true;
          case AUTO -> NativeEngine.get().getGpuCount() > 0;
        };
    return gpu ? DeviceChoice.CUDA.device(DeviceChoice.NONE) : Device.cpu();
  }

  private static void one(GivenSettings given, Path folder) throws IOException {
    Device device = device(given);
    int batch = given.get(BATCH);
    if (batch == 0) {
      batch = device.isGpu() ? ON_GPU : ON_CPU;
    }
    try (SparkSession spark = SparkSessions.start("bench-gpu", given)) {
      GpuBenchmark.Result result =
          new GpuBenchmark(
                  spark,
                  device,
                  given.get(PRECISION),
                  batch,
                  given.get(SECONDS),
                  folder,
                  System.out)
              .run(given.optional(AGAINST));
      if (given.has(JSON)) {
        Files.writeString(Path.of(given.get(JSON)), mapper().writeValueAsString(List.of(result)));
      }
    }
  }

  /** Each precision in a process of its own: NVIDIA's libraries read theirs as they are loaded. */
  private static void all(GivenSettings given, Path folder) throws IOException {
    boolean gpu = device(given).isGpu();
    List<JsonNode> results = new ArrayList<>();
    List<Precision> failed = new ArrayList<>();
    for (Precision precision :
        gpu
            ? List.of(Precision.FLOAT32, Precision.TF32, Precision.BFLOAT16)
            : List.of(Precision.FLOAT32)) {
      Path json = folder.resolve(precision + ".json");
      if (process(given, precision, json)) {
        mapper().readTree(json.toFile()).forEach(results::add);
      } else {
        failed.add(precision);
      }
      if (given.has(JSON)) {
        Files.writeString(Path.of(given.get(JSON)), mapper().writeValueAsString(results));
      }
    }
    table(results);
    if (!failed.isEmpty()) {
      throw new IllegalStateException(
          "The measurement of %s ended with an error; see above.".formatted(failed));
    }
  }

  private static void table(List<JsonNode> results) {
    System.out.printf(
        "%n| ResNet-50 | job, images/s | each further second | plain forwards allow | reached | busy |%n"
            + "| --- | --- | --- | --- | --- | --- |%n");
    for (JsonNode result : results) {
      for (JsonNode layer : result.get("layers")) {
        JsonNode further = layer.get("further");
        double rate = (further.isNull() ? layer.get("job") : further).asDouble();
        System.out.printf(
            Locale.ROOT,
            "| %s, %s, %s | %s | %s | %s | %.0f %% | %s |%n",
            layer.get("layer").asText(),
            layer.get("closedForm").asBoolean() ? "closed form" : "sampled, n = 8",
            result.get("precision").asText(),
            GpuBenchmark.rate(layer.get("job").asDouble()),
            further.isNull() ? "unknown" : GpuBenchmark.rate(rate),
            GpuBenchmark.rate(layer.get("limit").asDouble()),
            100 * rate / layer.get("limit").asDouble(),
            layer.get("busy").isNull()
                ? "unknown"
                : "%.0f %%".formatted(100 * layer.get("busy").asDouble()));
      }
    }
  }

  /** Whether it ended well. */
  private static boolean process(GivenSettings given, Precision precision, Path json)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    for (String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
      if (name.startsWith("spark.")) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.addAll(List.of("-cp", classPath(), Main.class.getName(), "bench-gpu"));
    for (Option<?> option : List.of(ExplainOptions.DEVICE, BATCH, SECONDS, AGAINST)) {
      if (given.has(option)) {
        command.addAll(List.of("--" + option.name(), given.texts().get(option.name())));
      }
    }
    command.addAll(List.of("--precision", Choices.name(precision), "--json", json.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    for (Precision other : Precision.values()) {
      other.environment().keySet().forEach(builder.environment()::remove);
    }
    builder.environment().putAll(precision.environment());
    // Plain forwards run on one GPU; the job must not have more.
    builder.environment().put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    builder.environment().put("CUDA_VISIBLE_DEVICES", DeviceUse.id());
    try {
      return builder.start().waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** spark-submit loads the benchmarks' own jar by itself. */
  private static String classPath() {
    try {
      Path own = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return own + File.pathSeparator + System.getProperty("java.class.path");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
