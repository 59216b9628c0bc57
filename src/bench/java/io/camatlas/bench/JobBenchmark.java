package io.camatlas.bench;

import ai.djl.Device;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.NamedImage;
import io.camatlas.explain.PassClock;
import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import io.camatlas.explain.Preparation;
import io.camatlas.model.Network;
import io.camatlas.spark.explain.ExplainJob;
import io.camatlas.spark.explain.ExplainJobSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Measures the cost of the job on top of the device's work. The job over a folder of images is
 * compared with a bare loop over the same images, already decoded in memory, on the same number of
 * threads. The two take turns in one process.
 */
public final class JobBenchmark {
  private static final int PRELOADED = 128;

  private final SparkSession spark;
  private final ExplainJobSettings settings;

  /**
   * @param settings settings of the job; {@code images} is a folder on this machine
   */
  public JobBenchmark(SparkSession spark, ExplainJobSettings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  /**
   * One round.
   *
   * @param images number of images that each explained
   * @param loopSeconds seconds for the bare loop
   * @param jobSeconds seconds for the whole job, from listing to run.json
   * @param stageSeconds seconds for the job's tasks alone, from the start of the first to the end
   *     of the last
   * @param decodeMillis milliseconds for reading, decoding and transforming an image
   * @param writeMillis milliseconds for writing the rows of an image
   * @param allocatedBytes bytes that the job allocates on the heap per image
   * @param collectionShare share of the job's time spent on garbage collection
   * @param idleShare share of the job's time that the device was idle
   */
  public record Round(
      long images,
      double loopSeconds,
      double jobSeconds,
      double stageSeconds,
      double decodeMillis,
      double writeMillis,
      double allocatedBytes,
      double collectionShare,
      double idleShare) {
    private String text() {
      return String.format(
          Locale.ROOT,
          "loop %6.1f images/s   job %6.1f images/s, ratio %.3f   its tasks %6.1f images/s, ratio"
              + " %.3f   per image: decode %.1f ms, write %.1f ms, %,.0f kB allocated   garbage"
              + " collection %.1f %%   device idle %.1f %%%n",
          images / loopSeconds,
          images / jobSeconds,
          loopSeconds / jobSeconds,
          images / stageSeconds,
          loopSeconds / stageSeconds,
          decodeMillis,
          writeMillis,
          allocatedBytes / 1024,
          100 * collectionShare,
          100 * idleShare);
    }
  }

  /** Runs rounds, after a warm-up round that is not counted, and prints each. */
  public List<Round> run(int rounds, PrintStream out) throws IOException {
    int threads = spark.sparkContext().defaultParallelism();
    List<Round> measured = new ArrayList<>();
    try (Network network = Network.load(settings.model().file(), Device.cpu());
        ai.djl.ndarray.NDManager manager = network.newManager()) {
      NoisePlan noise = settings.explain().noise();
      NoisePool pool =
          settings.explain().isNoisy(settings.model().plan())
              ? new NoisePool(manager, noise.seed(), settings.model().plan().input().elements())
              : null;
      List<ImageInput> inputs = inputs(Path.of(settings.images()));
      for (int round = -1; round < rounds; round++) {
        double loop = loop(network, pool, inputs, threads);
        HeapUse before = HeapUse.now();
        ExplainJob.Report report =
            new ExplainJob(
                    spark,
                    settings,
                    new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
        HeapUse use = HeapUse.now().minus(before);
        PassTimes times = report.work().times();
        double count = inputs.size();
        Round one =
            new Round(
                inputs.size(),
                loop,
                report.seconds(),
                report.explainSeconds(),
                (times.nanos(Phase.READ) + times.nanos(Phase.DECODE)) / 1e6 / count,
                times.nanos(Phase.WRITE) / 1e6 / count,
                use.allocatedBytes() / count,
                use.collectionMillis() / 1000.0 / report.seconds(),
                times.idleShare());
        if (round >= 0) {
          measured.add(one);
          out.print(one.text());
        }
      }
    }
    return measured;
  }

  /** All files below a folder, in order. */
  static List<ImageInput> inputs(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .sorted()
          .map(
              file ->
                  new ImageInput(
                      new NamedImage(file.toString(), file.toString(), Optional.empty()),
                      () -> Files.readAllBytes(file)))
          .toList();
    }
  }

  private double loop(Network network, NoisePool pool, List<ImageInput> inputs, int threads) {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    Preparation preparation =
        new Preparation(
            settings.card(),
            settings.explain().limits(),
            settings.model().plan().input(),
            new PassClock());
    try {
      List<Explainer> explainers = new ArrayList<>();
      List<List<Preparation.Result>> shares = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Explainer explainer =
            new Explainer(
                network,
                settings.model().plan(),
                settings.card(),
                settings.explain(),
                pool,
                0,
                new PassClock());
        explainers.add(explainer);
        int from = inputs.size() * i / threads;
        int count = inputs.size() * (i + 1) / threads - from;
        // The heap need not hold all images, because their content does not affect the cost.
        List<ImageInput> some = inputs.subList(from, from + Math.min(count, PRELOADED));
        List<Preparation.Result> prepared = some.stream().map(preparation::prepare).toList();
        shares.add(IntStream.range(0, count).mapToObj(n -> prepared.get(n % some.size())).toList());
      }
      long start = System.nanoTime();
      List<Future<Long>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Explainer explainer = explainers.get(i);
        List<Preparation.Result> share = shares.get(i);
        running.add(
            workers.submit(
                () -> {
                  Network.prepareThread(1);
                  long done = 0;
                  Iterator<ImageOutcome> outcomes = explainer.explainPrepared(share.iterator());
                  while (outcomes.hasNext()) {
                    outcomes.next();
                    done++;
                  }
                  return done;
                }));
      }
      long done = 0;
      for (Future<Long> worker : running) {
        done += worker.get();
      }
      if (done != inputs.size()) {
        throw new IllegalStateException(done + " of " + inputs.size() + " images were explained.");
      }
      return (System.nanoTime() - start) / 1e9;
    } catch (ExecutionException e) {
      throw new IllegalStateException("The loop failed.", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      workers.shutdownNow();
    }
  }
}
