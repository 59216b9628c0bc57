package io.camatlas.explain;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.CamMethod;
import io.camatlas.cam.DerivativeSums;
import io.camatlas.cam.LayerTrace;
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.cam.NoiseScale;
import io.camatlas.cam.SaliencyMaps;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.SmoothGradCamPlusPlus;
import io.camatlas.model.DeviceMemoryException;
import io.camatlas.model.InputShape;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.Network.ForwardPass;
import io.camatlas.model.NetworkException;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Explains images in groups, as they are pulled.
 *
 * <p>A group is as many readable images as the device takes at once. One clean pass gives scores,
 * targets and activations. Noisy copies then fill further passes of at most as many rows: several
 * images with all their samples where they fit, else one image in parts. So {@code batch} bounds
 * the device's memory whatever the number of samples is, and all targets, layers and rules of an
 * image share its passes. Passes have the same shapes for every group; where images run out, rows
 * are padded. So what is found in an image does not depend on the images beside it.
 *
 * <p>Where the device has no memory for a pass, the batch is halved, for good, and the pass tried
 * again. An image that is too much by itself is skipped, and batches are then as before.
 *
 * <p>Not thread-safe; {@link Network} and {@link NoisePool} may be shared.
 */
public final class Explainer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Explainer.class.getName());
  private static final int GROUPS_AHEAD = 2;
  private static final long CLOSE_SECONDS = 10;

  private final Network network;
  private final ProbePlan plan;
  private final ExplainSettings settings;
  private final NoisePool pool;
  private final PassClock clock;
  private final Preparation preparation;
  private final ResultReader results;
  private final ExecutorService decoders;
  private final float[] pixels;
  private int batch;

  /** The most rows that the device had memory for; 0 before the first pass. */
  private int proven;

  /**
   * Prepares to explain, decoding on the thread that pulls outcomes.
   *
   * @param network a probed network
   * @param plan what it returns
   * @param card classes and preprocessing
   * @param settings how to explain
   * @param pool noise of the run; may be null where the method uses none
   */
  public Explainer(
      Network network, ProbePlan plan, ModelCard card, ExplainSettings settings, NoisePool pool) {
    this(network, plan, card, settings, pool, 0, new PassClock());
  }

  /**
   * Prepares to explain.
   *
   * @param network a probed network
   * @param plan what it returns
   * @param card classes and preprocessing
   * @param settings how to explain
   * @param pool noise of the run; may be null where the method uses none
   * @param decoders threads that read and decode ahead of the device; 0 decodes on the thread that
   *     pulls outcomes
   * @param clock takes the times
   */
  public Explainer(
      Network network,
      ProbePlan plan,
      ModelCard card,
      ExplainSettings settings,
      NoisePool pool,
      int decoders,
      PassClock clock) {
    this.network = network;
    this.plan = plan;
    this.settings = settings;
    this.pool = pool;
    this.clock = clock;
    this.batch = settings.batch();
    this.pixels = new float[batch * plan.input().elements()];
    this.preparation = new Preparation(card, settings, plan.input(), clock);
    this.results = new ResultReader(settings, plan, card);
    this.decoders =
        decoders == 0
            ? null
            : Executors.newFixedThreadPool(
                decoders,
                task -> {
                  Thread thread = new Thread(task, "camatlas-decoder");
                  thread.setDaemon(true);
                  return thread;
                });
  }

  /** Rows of a pass: what the settings say, or less where the device had no memory for them. */
  public int batch() {
    return batch;
  }

  /**
   * One outcome for each input, in the order of the inputs.
   *
   * @param inputs pulled on the calling thread, as they are needed; two groups ahead of the
   *     outcomes where there are decoders
   */
  public Iterator<ImageOutcome> explain(Iterator<ImageInput> inputs) {
    DecodeAhead decoded =
        new DecodeAhead(inputs, preparation, decoders, GROUPS_AHEAD * settings.batch(), clock);
    return outcomes(decoded, decoded::fill);
  }

  /** Decodes images and keeps all of them in memory; for measurements. */
  public PreloadedImages preload(List<ImageInput> inputs) {
    return new PreloadedImages(inputs.stream().map(preparation::prepare).toList());
  }

  /** One outcome for each image, in their order. */
  public Iterator<ImageOutcome> explain(PreloadedImages images) {
    return outcomes(images.results().iterator(), () -> {});
  }

  private Iterator<ImageOutcome> outcomes(
      Iterator<Preparation.Result> decoded, Runnable beforeDevice) {
    return new Iterator<>() {
      private final Deque<ImageOutcome> ready = new ArrayDeque<>();

      @Override
      public boolean hasNext() {
        while (ready.isEmpty() && decoded.hasNext()) {
          ready.addAll(group(decoded, beforeDevice));
        }
        return !ready.isEmpty();
      }

      @Override
      public ImageOutcome next() {
        if (!hasNext()) {
          throw new NoSuchElementException("All images have been explained.");
        }
        return ready.remove();
      }
    };
  }

  /**
   * Stops the decoders and waits for them, so that none outlives its task; one that does not answer
   * an interrupt is left behind after a few seconds and ends with its image. Images that wait are
   * dropped: whoever waits for one gets a {@link java.util.concurrent.CancellationException}.
   */
  @Override
  public void close() {
    if (decoders == null) {
      return;
    }
    for (Runnable dropped : decoders.shutdownNow()) {
      ((Future<?>) dropped).cancel(false);
    }
    // A killed task comes here interrupted, and has to wait all the same.
    boolean interrupted = Thread.interrupted();
    try {
      if (!decoders.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "An image is still being read after its task ended.");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private List<ImageOutcome> group(Iterator<Preparation.Result> decoded, Runnable beforeDevice) {
    List<ImageOutcome> outcomes = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Preparation.Result> images = new ArrayList<>();
    while (images.size() < batch && decoded.hasNext()) {
      Preparation.Result result = decoded.next();
      if (result.image() != null) {
        images.add(result);
        places.add(outcomes.size());
        outcomes.add(null);
      } else {
        outcomes.add(result.skipped());
      }
    }
    beforeDevice.run();
    long start = System.nanoTime();
    long forward = clock.forwardNanos();
    List<ImageOutcome> explained = explainPrepared(images);
    clock.backward(System.nanoTime() - start - (clock.forwardNanos() - forward));
    for (int i = 0; i < places.size(); i++) {
      outcomes.set(places.get(i), explained.get(i));
    }
    if (decoded instanceof DecodeAhead) {
      images.forEach(image -> preparation.giveBack(image.pixels()));
    }
    return outcomes;
  }

  /**
   * Explains images, no more at once than the batch has rows by then. Where the network fails on
   * some, each by itself, so that one goes.
   */
  private List<ImageOutcome> explainPrepared(List<Preparation.Result> images) {
    List<ImageOutcome> outcomes = new ArrayList<>();
    while (outcomes.size() < images.size()) {
      int from = outcomes.size();
      List<Preparation.Result> next = images.subList(from, Math.min(images.size(), from + batch));
      PreparedImage first = next.get(0).image();
      try {
        outcomes.addAll(run(next));
        proven = Math.max(proven, batch);
      } catch (DeviceMemoryException e) {
        if (batch == 1) {
          outcomes.add(first.skipped(ImageOutcome.Stage.FORWARD, "out of memory", e));
          // The image needs more than the others, or something else held the memory.
          batch = Math.max(1, proven);
          network.releaseUnusedMemory();
        } else {
          halve(first, e);
        }
      } catch (NetworkException e) {
        if (next.size() == 1) {
          outcomes.add(first.skipped(ImageOutcome.Stage.FORWARD, "network failed", e));
        } else {
          for (Preparation.Result image : next) {
            outcomes.addAll(explainPrepared(List.of(image)));
          }
        }
      }
    }
    return outcomes;
  }

  private void halve(PreparedImage first, DeviceMemoryException e) {
    int before = batch;
    batch = before / 2;
    network.releaseUnusedMemory();
    LOG.log(
        System.Logger.Level.WARNING,
        "No memory for batches of "
            + before
            + " at image "
            + first.input().id()
            + "; batches have "
            + batch
            + " rows now. "
            + e.getMessage());
  }

  private List<ImageOutcome> run(List<Preparation.Result> images) {
    InputShape input = plan.input();
    int length = input.elements();
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i).pixels(), 0, pixels, i * length, length);
    }
    Arrays.fill(pixels, images.size() * length, batch * length, 0f);
    List<CamMethod> clear = new ArrayList<>(settings.methods());
    clear.removeIf(method -> settings.isSampled(method, plan));
    boolean noisy = settings.isSampled(plan);
    try (NDManager manager = network.newManager()) {
      Shape shape = new Shape(batch, input.channels(), input.height(), input.width());
      NDArray clean = manager.create(FloatBuffer.wrap(pixels, 0, batch * length), shape);
      if (!network.device().isGpu()) {
        // The array lies in Java's memory, at any address; kernels round by alignment.
        clean = clean.duplicate();
      }
      long start = System.nanoTime();
      ForwardPass pass =
          clear.isEmpty() ? network.infer(plan, clean) : network.forward(plan, clean);
      clock.forward(start, batch, batch - images.size());
      ExplainedGroup group =
          results.begin(images.stream().map(Preparation.Result::image).toList(), pass);
      if (group.mostTargets() > 0) {
        if (!clear.isEmpty()) {
          differentiateClean(manager, pass, group, clear);
        }
        if (noisy) {
          differentiateNoisy(manager, clean, pass, group);
        }
      }
      return group.outcomes();
    } catch (EngineException e) {
      throw NetworkException.of("The device fails on a batch of " + batch, e);
    }
  }

  /** Maps of the methods that need no noise, from the gradients of the images themselves. */
  private void differentiateClean(
      NDManager manager, ForwardPass pass, ExplainedGroup group, List<CamMethod> methods) {
    int images = group.rows();
    int order = methods.stream().mapToInt(CamMethod::highestOrder).max().orElseThrow();
    for (int rank = 0; rank < group.mostTargets(); rank++) {
      try (NDManager scratch = manager.newSubManager()) {
        int[] classes = group.targets(rank, 0, images);
        List<NDArray> gradients = pass.gradients(classes, rank + 1 == group.mostTargets());
        NDArray scores = scratch.create(group.scores(rank, 0, images), new Shape(images, 1));
        for (int layer = 0; layer < gradients.size(); layer++) {
          NDArray gradient = gradients.get(layer);
          gradient.attach(scratch);
          // Of a single sample, the exponential's weight is 1.
          DerivativeSums sums = new DerivativeSums(scratch, order, ScoreTransform.LOGIT);
          sums.add(gradient.expandDims(1), scores);
          NDArray activations = rows(scratch, pass.activations(layer), 0, images);
          LayerTrace trace = sums.trace(activations);
          for (CamMethod method : methods) {
            read(group, rank, 0, images, layer, method, trace, null);
          }
        }
      }
    }
  }

  private void differentiateNoisy(
      NDManager manager, NDArray clean, ForwardPass cleanPass, ExplainedGroup group) {
    int samples = settings.noise().samples();
    int most = Math.max(1, batch / samples);
    int chunks = (batch + most - 1) / most;
    // Chunks have one size, else an image's place would choose its shape; an even one pads least.
    int together = (batch + chunks - 1) / chunks;
    for (int from = 0; from < group.rows(); from += together) {
      if (group.hasTargets(from, together)) {
        try (NDManager chunk = manager.newSubManager()) {
          differentiateChunk(chunk, clean, cleanPass, group, from, together);
        }
      }
    }
  }

  private void differentiateChunk(
      NDManager chunk,
      NDArray clean,
      ForwardPass cleanPass,
      ExplainedGroup group,
      int from,
      int count) {
    SmoothGradCamPlusPlus method = sampled();
    int samples = method.noise().samples();
    int ranks = group.mostTargets();
    int layers = plan.layers().size();
    NDList activations = new NDList();
    DerivativeSums[][] sums = new DerivativeSums[ranks][layers];
    NDList[][] sampleWeights = new NDList[ranks][layers];
    for (int layer = 0; layer < layers; layer++) {
      activations.add(rows(chunk, cleanPass.activations(layer), from, count));
      for (int rank = 0; rank < ranks; rank++) {
        sums[rank][layer] = new DerivativeSums(chunk, method.highestOrder(), method.score());
        sampleWeights[rank][layer] = new NDList();
      }
    }
    NDArray images = rows(chunk, clean, from, count);
    NDArray sigma = sigma(images);
    int parts = (samples + batch - 1) / batch;
    for (int part = 0; part < parts; part++) {
      int first = samples * part / parts;
      int size = samples * (part + 1) / parts - first;
      try (NDManager scratch = chunk.newSubManager()) {
        NDArray copies = noisyCopies(scratch, images, sigma, group, from, first, size);
        long start = System.nanoTime();
        ForwardPass pass = network.forward(plan, copies);
        clock.forward(start, (long) count * size, (long) group.padding(from, count) * size);
        float[] scores = pass.scores().toFloatArray();
        for (int rank = 0; rank < ranks; rank++) {
          int[] classes = group.targets(rank, from, count);
          int[] repeated = new int[count * size];
          float[] targetScores = new float[count * size];
          for (int row = 0; row < repeated.length; row++) {
            repeated[row] = classes[row / size];
            targetScores[row] =
                repeated[row] < 0 ? 0 : scores[row * plan.classes() + repeated[row]];
          }
          List<NDArray> gradients = pass.gradients(repeated, rank + 1 == ranks);
          try (NDManager perTarget = scratch.newSubManager()) {
            NDArray score = perTarget.create(targetScores, new Shape(count, size));
            for (int layer = 0; layer < layers; layer++) {
              Shape shape = gradients.get(layer).getShape();
              NDArray gradient =
                  gradients
                      .get(layer)
                      .reshape(count, size, shape.get(1), shape.get(2), shape.get(3));
              gradients.get(layer).attach(perTarget);
              gradient.attach(perTarget);
              sums[rank][layer].add(gradient, score);
              if (samples > 1) {
                NDArray weights =
                    method.sampleWeights(
                        activations.get(layer), sums[rank][layer].scale(), gradient);
                weights.attach(chunk);
                sampleWeights[rank][layer].add(weights);
              }
            }
          }
        }
      }
    }
    for (int rank = 0; rank < ranks; rank++) {
      for (int layer = 0; layer < layers; layer++) {
        LayerTrace trace = sums[rank][layer].trace(activations.get(layer));
        NDList single = sampleWeights[rank][layer];
        NDArray weights = single.isEmpty() ? null : NDArrays.concat(single, 1);
        read(group, rank, from, count, layer, method, trace, weights);
      }
    }
  }

  /** Copies of images with noise, {@code [count·size, C, H, W]}, an image's samples together. */
  private NDArray noisyCopies(
      NDManager scratch,
      NDArray images,
      NDArray sigma,
      ExplainedGroup group,
      int from,
      int first,
      int size) {
    InputShape input = plan.input();
    int count = (int) images.getShape().get(0);
    NDList noise = new NDList();
    for (int i = 0; i < count; i++) {
      noise.add(pool.samples(scratch, group.noiseKey(from + i), first, size));
    }
    NDArray stacked = count == 1 ? noise.get(0).expandDims(0) : NDArrays.stack(noise);
    stacked.attach(scratch);
    NDArray scaled = stacked.muli(sigma);
    NDArray copies = scaled.addi(images.reshape(count, 1, input.elements()));
    NDArray rows =
        copies.reshape((long) count * size, input.channels(), input.height(), input.width());
    rows.attach(scratch);
    return rows;
  }

  /** Standard deviation of the noise for each image, {@code [N,1,1]}, in normalised input units. */
  private NDArray sigma(NDArray images) {
    NoisePlan noise = settings.noise();
    long count = images.getShape().get(0);
    if (noise.scale() == NoiseScale.ABSOLUTE) {
      return images.getManager().full(new Shape(count, 1, 1), (float) noise.sigma());
    }
    NDArray flat = images.reshape(count, plan.input().elements());
    int[] row = {1};
    return flat.max(row).sub(flat.min(row)).mul((float) noise.sigma()).reshape(count, 1, 1);
  }

  private void read(
      ExplainedGroup group,
      int rank,
      int from,
      int count,
      int layer,
      CamMethod method,
      LayerTrace trace,
      NDArray sampleWeights) {
    ProbedLayer probed = plan.layers().get(layer);
    NDArray weights = method.weights(trace);
    for (int index = 0; index < settings.rules().size(); index++) {
      Rule rule = settings.rules().get(index);
      if (rule.method().equals(method)) {
        results.read(group, rank, index, from, count, probed, layer, trace.activations(), weights);
        if (sampleWeights != null) {
          NDArray maps =
              SaliencyMaps.samples(
                  sampleWeights, trace.activations(), rule.filters(), rule.neurons());
          results.readSamples(group, rank, index, from, count, layer, maps);
        } else if (settings.isClosedForm(method, plan)) {
          results.agree(group, rank, index, count, layer);
        }
      }
    }
  }

  /** The method that noisy copies are made for; rules share their noise, so there is one. */
  private SmoothGradCamPlusPlus sampled() {
    return settings.methods().stream()
        .filter(method -> settings.isSampled(method, plan))
        .map(SmoothGradCamPlusPlus.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /**
   * Some rows of an array, in a manager that outlives or underlives the array's own; behind the
   * array's end its last row again.
   */
  private static NDArray rows(NDManager manager, NDArray array, int from, int count) {
    long wanted = (long) from + count;
    long end = Math.min(array.getShape().get(0), wanted);
    NDList parts = new NDList(slice(manager, array, from, end));
    for (long row = end; row < wanted; row++) {
      parts.add(slice(manager, array, end - 1, end));
    }
    if (parts.size() == 1) {
      return parts.get(0);
    }
    NDArray joined = NDArrays.concat(parts, 0);
    joined.attach(manager);
    return joined;
  }

  private static NDArray slice(NDManager manager, NDArray array, long from, long to) {
    NDArray rows = array.get(new NDIndex().addSliceDim(from, to));
    rows.attach(manager);
    return rows;
  }
}
