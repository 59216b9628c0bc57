package io.camatlas.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.NoisePool;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Settings;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.Explanation;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.PassClock;
import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import io.camatlas.explain.Preparation;
import io.camatlas.image.DecodeLimits;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.model.InputShape;
import io.camatlas.model.LabelSets;
import io.camatlas.model.ModelCard;
import io.camatlas.model.NativeEngine;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import io.camatlas.model.PreparedModel;
import io.camatlas.setup.ExplainSetup;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Measures the whole job, from files to Parquet, against what the device could do: plain forwards
 * of the same network, precision and batch. ResNet-50 with random weights, photographs of 500x375,
 * Smooth Grad-CAM++ at {@code layer3}, where copies with noise are sampled, and at {@code layer4}
 * in the closed form.
 */
final class GpuBenchmark {
  private static final int SAMPLES = 8;
  private static final int LARGE_BATCH = 256;
  private static final int COMPARED = 8;
  private static final int LEAST_IMAGES = 16;
  private static final int MOST_IMAGES = 60_000;
  private static final int MOST_TRIES = 2;

  /** Share of the wanted time that a job has to take before its rate counts. */
  private static final double LONG_ENOUGH = 0.6;

  private static final double FORWARD_SECONDS = 1.5;

  private final SparkSession spark;
  private final Device device;
  private final Precision precision;
  private final int batch;
  private final double seconds;
  private final Path folder;
  private final PrintStream out;

  /** Of each layer; a network is prepared once. */
  private final Map<String, ExplainJobSettings> prepared = new HashMap<>();

  /**
   * @param batch images of a pass
   * @param seconds how long each job is to take, about
   * @param folder for the network, the images and the results
   */
  GpuBenchmark(
      SparkSession spark,
      Device device,
      Precision precision,
      int batch,
      double seconds,
      Path folder,
      PrintStream out) {
    this.spark = spark;
    this.device = device;
    this.precision = precision;
    this.batch = batch;
    this.seconds = seconds;
    this.folder = folder;
    this.out = out;
  }

  /** What the host and the device can do by themselves, in images per second. */
  record Limits(double forwards, double forwardsOfLarge, double decoded, double prepared) {}

  /**
   * The job at one layer.
   *
   * @param images number of images
   * @param job images per second from listing to run.json
   * @param further images per second of a longer job beyond those of a shorter one, which leaves
   *     out what each job takes to start and to end; null where the jobs are too short to tell
   * @param limit images per second that plain forwards would allow
   * @param busy share of the time that the device worked, if it tells, else null
   * @param largest largest difference of a cell from the CPU's float32, over the map's maximum
   * @param median of all cells' differences
   * @param threadMilliseconds wall time of the task's threads that an image takes, by phase; idle
   *     is waiting for decoded images, and what the device does is in the phase that waits for it
   */
  record Layer(
      String layer,
      boolean closedForm,
      long images,
      double job,
      Double further,
      double limit,
      Double busy,
      double largest,
      double median,
      Map<String, Double> threadMilliseconds) {
    /** What of the limit is reached. */
    double reached() {
      return (further == null ? job : further) / limit;
    }
  }

  /**
   * All that was measured.
   *
   * @param on the device, and what drives it
   */
  record Result(
      String precision,
      String on,
      int batch,
      Limits limits,
      List<Layer> layers,
      Map<String, Double> peers) {}

  /** The device and what drives it, in words. */
  private String on() {
    String what =
        device.isGpu()
            ? DeviceUse.name().orElse("GPU " + DeviceUse.id())
            : NativeEngine.get().getGpuCount() > 0
                ? "CPU"
                : "CPU, since PyTorch sees no GPU (" + NativeEngine.lookedFor() + ")";
    return String.format(
        Locale.ROOT,
        "%s; PyTorch %s, %d cores, %.1f GiB for Java",
        what,
        Network.engineVersion(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory() / (double) (1L << 30));
  }

  /** Images per second in words: on a CPU there may be less than one. */
  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.2f" : "%,.0f", perSecond);
  }

  /**
   * Runs the measurements, printing each as soon as it is known.
   *
   * @param against a Python with torch-cam; empty for none
   */
  Result run(Optional<String> against) throws IOException {
    String on = on();
    out.printf("%s on %s%n", precision, on);
    // Enough to warm up; on a CPU this takes long enough with less.
    Path few =
        Photographs.write(device.isGpu() ? 8 * batch : Math.max(COMPARED, 2 * batch), folder);
    Limits limits = limits(few);
    out.printf(
        Locale.ROOT,
        "%s: %s plain forwards a second in batches of %d%s; the host decodes %s images a second,"
            + " and prepares (reads, hashes, resizes) %s%n",
        precision,
        rate(limits.forwards),
        batch,
        device.isGpu()
            ? ", %s in batches of %d".formatted(rate(limits.forwardsOfLarge), LARGE_BATCH)
            : "",
        rate(limits.decoded),
        rate(limits.prepared));
    List<Layer> layers = new ArrayList<>();
    for (String name : List.of("layer3", "layer4")) {
      Layer layer = layer(name, limits, few);
      layers.add(layer);
      print(layer, limits);
    }
    return new Result(
        precision.toString(),
        on,
        batch,
        limits,
        layers,
        against.isPresent() ? peers(against.get()) : Map.of());
  }

  private void print(Layer layer, Limits limits) {
    out.printf(
        Locale.ROOT,
        "%s, %s: the job explains %s images a second, and %s, of %s that plain forwards%s"
            + " would allow, %.0f %%; device busy %s; maps differ from the CPU's in float32 by %.1e"
            + " at most, median %.1e; ms of threads per image %s; %,d images%n",
        layer.layer,
        layer.closedForm ? "closed form" : "n = " + SAMPLES,
        rate(layer.job),
        layer.further == null
            ? "was too short to tell more"
            : rate(layer.further) + " more for each further second",
        rate(layer.limit),
        layer.closedForm ? "" : " / n",
        100 * layer.reached(),
        layer.busy == null ? "unknown" : "%.0f %%".formatted(100 * layer.busy),
        layer.largest,
        layer.median,
        layer.threadMilliseconds,
        layer.images);
    if (layer.closedForm && limits.decoded < layer.limit) {
      out.printf(
          Locale.ROOT,
          "  of what the host decodes: %.0f %%%n",
          100 * layer.reached() * layer.limit / limits.decoded);
    }
  }

  private ModelCard card() {
    return RandomModel.RESNET50.card();
  }

  private Limits limits(Path images) throws IOException {
    List<byte[]> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(images)) {
      for (Path file : all.sorted().toList()) {
        files.add(Files.readAllBytes(file));
      }
    }
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    double decoded =
        perSecond(
            i -> {
              try {
                decoder.decode(files.get(i % files.size()));
              } catch (ImageException e) {
                throw new IllegalStateException(e);
              }
            });
    Preparation preparation =
        new Preparation(card(), DecodeLimits.DEFAULT, card().inputShape(), new PassClock());
    List<ImageInput> inputs = JobBenchmark.inputs(images);
    double prepared = perSecond(i -> preparation.prepare(inputs.get(i % inputs.size())));
    PreparedModel model =
        ProbedNetwork.prepare(RandomModel.RESNET50, "layer4", precision, modelFolder("forward"));
    try (Network network = Network.load(model.file(), device, precision)) {
      double usual = forwards(network, model, batch);
      return new Limits(
          usual, device.isGpu() ? forwards(network, model, LARGE_BATCH) : usual, decoded, prepared);
    }
  }

  /** Rate of work on all cores, after as long to warm up. */
  private static double perSecond(java.util.function.IntConsumer work) {
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try {
      double rate = 0;
      for (int round = 0; round < 2; round++) {
        AtomicLong done = new AtomicLong();
        long start = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < cores; thread++) {
          int first = thread;
          running.add(
              threads.submit(
                  () -> {
                    for (int i = first; Turns.since(start) < FORWARD_SECONDS; i += cores) {
                      work.accept(i);
                      done.incrementAndGet();
                    }
                  }));
        }
        for (Future<?> one : running) {
          one.get();
        }
        rate = done.get() / Turns.since(start);
      }
      return rate;
    } catch (ExecutionException e) {
      throw new IllegalStateException("A measurement failed.", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** The better of two ways: images as they are laid out, and as the probed network wants them. */
  private double forwards(Network network, PreparedModel model, int rows) {
    Network.prepareThread(Runtime.getRuntime().availableProcessors());
    InputShape input = model.plan().input();
    float[] pixels = NoisePictures.pixels(input, rows);
    try (NDManager manager = network.newManager()) {
      NDArray images =
          manager.create(pixels, new Shape(rows, input.channels(), input.height(), input.width()));
      double planar = forwards(rows, manager, images, network::scores);
      double tapped =
          forwards(rows, manager, images, batch -> network.infer(model.plan(), batch).scores());
      return Math.max(planar, tapped);
    }
  }

  private static double forwards(
      int rows,
      NDManager manager,
      NDArray images,
      java.util.function.UnaryOperator<NDArray> forward) {
    double rate = 0;
    for (int round = 0; round < 2; round++) {
      long start = System.nanoTime();
      long done = 0;
      while (Turns.since(start) < FORWARD_SECONDS) {
        try (NDManager scratch = manager.newSubManager()) {
          NDArray last = null;
          for (int i = 0; i < 4; i++) {
            NDArray shared = images.duplicate();
            shared.attach(scratch);
            last = forward.apply(shared);
            done += rows;
          }
          // Waits for the device.
          last.toFloatArray();
        }
      }
      rate = done / Turns.since(start);
    }
    return rate;
  }

  private Layer layer(String name, Limits limits, Path few) throws IOException {
    ExplainJobSettings settings = settings(name, few);
    ExplainSettings explain = settings.explain();
    boolean closed = explain.isClosedForm(settings.model().plan());
    double[] differences = differences(name, explain, few);
    // The first jobs warm up, and learn how many images take long enough.
    ExplainJob.Report last = job(settings);
    int most = images(last);
    for (int i = 0; i < MOST_TRIES && last.explainSeconds() < LONG_ENOUGH * seconds; i++) {
      last = job(settings(name, Photographs.write(most, folder)));
      most = images(last);
    }
    ExplainJobSettings shorter =
        settings(name, Photographs.write(most / 3 / batch * batch + batch, folder));
    ExplainJob.Report before = job(shorter);
    ExplainJobSettings whole = settings(name, Photographs.write(most, folder));
    double limit = closed ? limits.forwards : limits.forwards / SAMPLES;
    try (DeviceUse use = DeviceUse.watch()) {
      ExplainJob.Report report = job(whole);
      OptionalDouble busy = use.share();
      ExplainJob.Report after = job(shorter);
      // The first may be slower, as Java still compiles.
      ExplainJob.Report third = before.seconds() < after.seconds() ? before : after;
      double further = report.seconds() - third.seconds();
      boolean longer = report.images() >= 2 * third.images() && further > 0;
      Map<String, Double> milliseconds = new LinkedHashMap<>();
      PassTimes times = report.work().times();
      for (Phase phase : Phase.values()) {
        milliseconds.put(
            phase.toString(), Math.round(times.nanos(phase) / 1e4 / report.images()) / 100.0);
      }
      return new Layer(
          name,
          closed,
          report.images(),
          report.images() / report.seconds(),
          longer ? Double.valueOf((report.images() - third.images()) / further) : null,
          limit,
          device.isGpu() && busy.isPresent() ? Double.valueOf(busy.getAsDouble()) : null,
          differences[differences.length - 1],
          differences[differences.length / 2],
          milliseconds);
    }
  }

  /** How many images a job would explain in the time that it is to take. */
  private int images(ExplainJob.Report report) {
    double wanted = report.images() / report.explainSeconds() * seconds;
    return (int) Math.max(LEAST_IMAGES, Math.min(MOST_IMAGES, Math.round(wanted)));
  }

  private ExplainJob.Report job(ExplainJobSettings settings) throws IOException {
    return new ExplainJob(
            spark,
            settings,
            new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .run();
  }

  private Path modelFolder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private ExplainJobSettings settings(String layer, Path images) throws IOException {
    ExplainJobSettings before = prepared.get(layer);
    if (before != null) {
      Map<String, String> texts = new LinkedHashMap<>(before.given().texts());
      texts.put(ExplainOptions.IMAGES.name(), images.toString());
      return new ExplainJobSettings(before.recipe(), Settings.of(ExplainOptions.ALL, texts));
    }
    Map<String, String> values = new LinkedHashMap<>();
    values.put(ModelOptions.MODEL.name(), RandomModel.RESNET50.write(folder).toString());
    values.put(ExplainOptions.LAYER.name(), layer);
    values.put(ExplainOptions.IMAGES.name(), images.toString());
    values.put("samples", String.valueOf(SAMPLES));
    values.put("batch", String.valueOf(batch));
    values.put("precision", precision.toString().toLowerCase(Locale.ROOT));
    values.put(ExplainOptions.OUT.name(), folder.resolve("out").toString());
    values.put(ExplainOptions.OVERWRITE.name(), "true");
    values.put(ExplainOptions.DEVICE.name(), device.isGpu() ? "cuda" : "cpu");
    ExplainJobSettings settings =
        ExplainSetup.resolve(
            new GivenSettings(ExplainOptions.ALL, values, List.of()), modelFolder(layer));
    prepared.put(layer, settings);
    return settings;
  }

  /** All cells' differences from the CPU's maps in float32, over each map's maximum; ascending. */
  private double[] differences(String layer, ExplainSettings settings, Path images)
      throws IOException {
    List<float[]> expected = maps(layer, settings, Device.cpu(), Precision.FLOAT32, images);
    List<float[]> found = maps(layer, settings, device, precision, images);
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      double most = 0;
      for (float value : expected.get(i)) {
        most = Math.max(most, value);
      }
      for (int cell = 0; cell < expected.get(i).length; cell++) {
        differences.add(Math.abs(expected.get(i)[cell] - found.get(i)[cell]) / most);
      }
    }
    return differences.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private List<float[]> maps(
      String layer, ExplainSettings settings, Device where, Precision numbers, Path images)
      throws IOException {
    Network.prepareThread(Runtime.getRuntime().availableProcessors());
    PreparedModel model =
        ProbedNetwork.prepare(
            RandomModel.RESNET50, layer, numbers, modelFolder("maps-" + layer + numbers));
    ModelCard card = card().withClassesFor(model.plan().classes());
    try (Network network = Network.load(model.file(), where, numbers);
        NDManager manager = network.newManager()) {
      NoisePool pool =
          settings.isNoisy(model.plan())
              ? new NoisePool(manager, settings.noise().seed(), model.plan().input().elements())
              : null;
      List<float[]> maps = new ArrayList<>();
      // The classes of the first must be those of the second, or maps are not to be compared.
      try (Explainer explainer =
          new Explainer(network, model.plan(), card, firstClass(settings), pool)) {
        Iterator<ImageOutcome> outcomes =
            explainer.explain(JobBenchmark.inputs(images).subList(0, COMPARED).iterator());
        while (outcomes.hasNext()) {
          if (!(outcomes.next() instanceof ImageOutcome.Explained explained)) {
            throw new IllegalStateException("An image failed.");
          }
          for (Explanation explanation : explained.explanations()) {
            maps.add(explanation.map().values());
          }
        }
      }
      return maps;
    }
  }

  private ExplainSettings firstClass(ExplainSettings settings) {
    return new ExplainSettings(
        settings.rules(),
        new io.camatlas.explain.TargetSelection(false, false, 0, List.of(0)),
        LabelSets.USUAL,
        settings.over(),
        Math.min(COMPARED, settings.batch()),
        settings.shortcut(),
        settings.limits());
  }

  /** Images per second of other tools, whose images are on the device already. */
  private Map<String, Double> peers(String python) throws IOException {
    try {
      return measuredPeers(python);
    } catch (IllegalStateException e) {
      out.printf("  other tools: not measured in %s: %s%n", precision, e.getMessage());
      return Map.of();
    }
  }

  private Map<String, Double> measuredPeers(String python) throws IOException {
    Map<String, Double> rates = new LinkedHashMap<>();
    try (ProbedNetwork probed =
            ProbedNetwork.random(
                RandomModel.RESNET50, "layer3", Precision.FLOAT32, modelFolder("peers"));
        PythonPeers peers =
            new PythonPeers(
                python,
                folder,
                PeersBenchmark.task(
                    RandomModel.RESNET50,
                    "layer3",
                    probed,
                    modelFolder("peers"),
                    batch,
                    Runtime.getRuntime().availableProcessors(),
                    device.isGpu() ? "cuda" : "cpu",
                    precision.toString().toLowerCase(Locale.ROOT)))) {
      out.printf(
          "  other tools at layer3, n = %d, images on the device already: %s%n",
          SAMPLES, peers.versions());
      for (String way : peers.ways()) {
        try {
          double[] took = new double[3];
          peers.seconds(way);
          for (int round = 0; round < took.length; round++) {
            took[round] = peers.seconds(way);
          }
          Arrays.sort(took);
          rates.put(way, batch / took[took.length / 2]);
          out.printf("  %s: %s images a second%n", way, rate(rates.get(way)));
        } catch (IllegalStateException e) {
          out.printf("  %s: not measured in %s: %s%n", way, precision, e.getMessage());
        }
      }
      if (peers.ways().stream().noneMatch(way -> way.startsWith("torch-cam"))) {
        out.printf("  %s has no torchcam.%n", python);
      }
    }
    return rates;
  }
}
