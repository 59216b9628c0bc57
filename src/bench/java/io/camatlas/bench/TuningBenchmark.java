package io.camatlas.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.Preparation;
import io.camatlas.model.InputShape;
import io.camatlas.model.Network;
import io.camatlas.model.Precision;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures the effect of engine settings: memory layout, rows per pass, threads per operation
 * versus concurrent tasks, and code that the engine specialises for the shapes that it sees.
 */
public final class TuningBenchmark {
  private static final int SAMPLES = 8;
  private static final int IMAGES = 8;

  /**
   * A network and layer on which settings are tried.
   *
   * @param batches rows per pass, 16 first; the largest is also the number of images, as otherwise
   *     the clean pass would have unused rows
   */
  private record Case(RandomModel model, String layer, List<Integer> batches) {}

  private static final List<Case> CASES =
      List.of(
          new Case(RandomModel.SQUEEZENET1_1, "features.12", List.of(16, 1, 4, 8, 32)),
          new Case(RandomModel.RESNET50, "layer3", List.of(16, 1, 4, 8)));

  private final int rounds;
  private final int cores;

  /**
   * @param rounds number of rounds that are counted
   * @param cores number of cores that the variants share
   */
  public TuningBenchmark(int rounds, int cores) {
    this.rounds = rounds;
    this.cores = cores;
  }

  /**
   * One variant of a setting.
   *
   * @param model name of the model
   * @param setting the setting that is varied
   * @param variant value of the setting; the first variant is what CamAtlas uses
   * @param milliseconds milliseconds per image, by round
   * @param overFirst ratios to the first variant, in ascending order
   */
  public record Result(
      String model, String setting, String variant, double[] milliseconds, double[] overFirst) {}

  /** Runs the measurements and prints each line as soon as it is known. */
  public List<Result> run(Path folder, PrintStream out) throws IOException {
    List<Result> results = new ArrayList<>();
    out.printf(
        "%-14s %-22s %-28s %12s   %s%n",
        "model", "setting", "variant", "ms per image", "over the first (least, most)");
    for (Case one : CASES) {
      try (ProbedNetwork probed =
          ProbedNetwork.random(one.model, one.layer, Precision.FLOAT32, folder)) {
        results.addAll(compare("layout, plain forward", probed, layouts(probed), out));
        results.addAll(compare("threads", probed, threads(probed), out));
        results.addAll(compare("graph optimizer", probed, optimizers(probed), out));
        results.addAll(compare("batch", probed, batches(probed, one.batches), out));
      }
    }
    return results;
  }

  private List<Result> compare(
      String setting, ProbedNetwork probed, Map<String, Turns.Way> ways, PrintStream out) {
    List<Result> results = new ArrayList<>();
    double[] first = null;
    for (Map.Entry<String, double[]> way : Turns.take(ways, rounds).entrySet()) {
      double[] milliseconds = way.getValue();
      for (int i = 0; i < milliseconds.length; i++) {
        milliseconds[i] *= 1000;
      }
      first = first == null ? milliseconds : first;
      Result result =
          new Result(
              probed.card().name(),
              setting,
              way.getKey(),
              milliseconds,
              Turns.ratios(milliseconds, first));
      results.add(result);
      out.printf(
          Locale.ROOT,
          "%-14s %-22s %-28s %12.1f   %.2f (%.2f, %.2f)%n",
          result.model,
          setting,
          result.variant,
          Turns.median(milliseconds),
          Turns.median(result.overFirst),
          result.overFirst[0],
          result.overFirst[result.overFirst.length - 1]);
    }
    return results;
  }

  private Map<String, Turns.Way> layouts(ProbedNetwork probed) {
    InputShape input = probed.model().plan().input();
    NDManager manager = probed.manager();
    float[] noise = NoisePictures.pixels(input, IMAGES);
    NDArray planar =
        manager.create(noise, new Shape(IMAGES, input.channels(), input.height(), input.width()));
    NDArray last =
        manager
            .create(noise, new Shape(IMAGES, input.height(), input.width(), input.channels()))
            .transpose(0, 3, 1, 2);
    Map<String, Turns.Way> ways = new LinkedHashMap<>();
    ways.put("channels last", () -> plain(probed, last));
    ways.put("planar", () -> plain(probed, planar));
    return ways;
  }

  private double plain(ProbedNetwork probed, NDArray rows) {
    Network.prepareThread(cores);
    long start = System.nanoTime();
    for (int i = 0; i < SAMPLES; i++) {
      probed.plain().run(rows);
    }
    return Turns.since(start) / SAMPLES / IMAGES;
  }

  private Map<String, Turns.Way> threads(ProbedNetwork probed) {
    Map<String, Turns.Way> ways = new LinkedHashMap<>();
    ways.put(cores + " tasks of 1 thread", concurrent(probed, cores, 1));
    ways.put("1 task of " + cores + " threads", concurrent(probed, 1, cores));
    ways.put(cores + " tasks of " + cores + " threads", concurrent(probed, cores, cores));
    return ways;
  }

  private static Turns.Way concurrent(ProbedNetwork probed, int tasks, int threads) {
    ExplainSettings settings = SmoothSettings.of(SAMPLES, 1, 16, false);
    List<Explainer> explainers = new ArrayList<>();
    List<List<Preparation.Result>> shares = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      Explainer explainer = probed.explainer(settings);
      int share = IMAGES * (i + 1) / tasks - IMAGES * i / tasks;
      explainers.add(explainer);
      shares.add(probed.prepared(NoisePictures.jpegs(probed.model().plan().input(), share)));
    }
    return () -> {
      ExecutorService workers = Executors.newFixedThreadPool(tasks);
      try {
        long start = System.nanoTime();
        List<Future<Double>> running = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
          Explainer explainer = explainers.get(i);
          List<Preparation.Result> share = shares.get(i);
          running.add(
              workers.submit(
                  () -> {
                    Network.prepareThread(threads);
                    return ProbedNetwork.secondsPrepared(explainer, share);
                  }));
        }
        for (Future<Double> one : running) {
          one.get();
        }
        return Turns.since(start) / IMAGES;
      } finally {
        workers.shutdownNow();
      }
    };
  }

  private Map<String, Turns.Way> optimizers(ProbedNetwork probed) {
    Map<String, Turns.Way> ways = new LinkedHashMap<>();
    ways.put("off", explaining(probed, 16, IMAGES, false));
    ways.put("on", explaining(probed, 16, IMAGES, true));
    return ways;
  }

  private Map<String, Turns.Way> batches(ProbedNetwork probed, List<Integer> batches) {
    int images = batches.stream().max(Integer::compare).orElseThrow();
    Map<String, Turns.Way> ways = new LinkedHashMap<>();
    batches.forEach(batch -> ways.put(batch + " rows", explaining(probed, batch, images, false)));
    return ways;
  }

  private Turns.Way explaining(ProbedNetwork probed, int batch, int count, boolean specialise) {
    Explainer explainer = probed.explainer(SmoothSettings.of(SAMPLES, 1, batch, false));
    List<Preparation.Result> images =
        probed.prepared(NoisePictures.jpegs(probed.model().plan().input(), count));
    return () -> {
      Network.prepareThread(cores);
      JniUtils.setGraphExecutorOptimize(specialise);
      return ProbedNetwork.secondsPrepared(explainer, images) / count;
    };
  }
}
