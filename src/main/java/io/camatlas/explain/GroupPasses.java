package io.camatlas.explain;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.camatlas.cam.DerivativeSums;
import io.camatlas.cam.GradientMethod;
import io.camatlas.cam.LayerTrace;
import io.camatlas.cam.NoisePool;
import io.camatlas.cam.PerturbationMethod;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.Network.ForwardPass;
import io.camatlas.model.NetworkException;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ScoreCheck;
import io.camatlas.model.ScoreDifference;
import io.camatlas.model.ScoreKind;
import io.camatlas.model.ScoreOver;
import io.camatlas.model.ScoresCompared;
import io.camatlas.model.ScoresDifferException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs groups of images through the network: once clean, and with noise as often as the rules
 * require. All targets, layers and rules of an image share its passes.
 */
final class GroupPasses implements AutoCloseable {
  private final Network network;
  private final ProbePlan plan;
  private final ScoreOver over;
  private final ScoreKind kind;
  private final NoisePool pool;
  private final PassClock clock;
  private final MapReader reader;

  /** Methods that use the gradients of the clean images, or their activations alone. */
  private final List<GradientMethod> clear;

  /** The highest order of derivatives that these use. */
  private final int clearOrder;

  /** Methods that noisy copies are made for; they share the noise. */
  private final List<GradientMethod> sampled;

  /** Methods that ask the network about changed copies. */
  private final List<PerturbationMethod> asking;

  private final DevicePixels pixels;
  private final Object lock = new Object();
  private boolean closed;
  private ScoresCompared compared = ScoresCompared.NONE;

  GroupPasses(
      Network network,
      ProbePlan plan,
      ModelCard card,
      ExplainSettings settings,
      NoisePool pool,
      PassClock clock) {
    this.network = network;
    this.plan = plan;
    this.over = settings.over();
    this.kind = card.scores();
    this.pool = pool;
    this.clock = clock;
    this.reader = new MapReader(settings, plan, card, clock);
    List<GradientMethod> methods = settings.gradientMethods();
    this.clear = methods.stream().filter(method -> !settings.isSampled(method, plan)).toList();
    this.clearOrder = clear.stream().mapToInt(GradientMethod::highestOrder).max().orElse(0);
    this.sampled = methods.stream().filter(method -> settings.isSampled(method, plan)).toList();
    this.asking = settings.perturbationMethods();
    this.pixels = new DevicePixels(network, plan.input(), card.preprocessing());
  }

  /**
   * Explains images.
   *
   * @param batch rows of the clean pass, at least as many as there are images, and the most rows of
   *     any other pass
   * @param alone whether no other task may use the device meanwhile
   */
  List<ImageOutcome> explain(List<PreparedImage> images, int batch, boolean alone) {
    ExplainedGroup group;
    // A task that is killed is closed by another thread.
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("The explainer was closed while it was used.");
      }
      group = onDevice(images, batch, alone);
    }
    // Others have their turn while maps are measured.
    return group.outcomes();
  }

  private ExplainedGroup onDevice(List<PreparedImage> images, int batch, boolean alone) {
    try {
      DevicePixels.Gathered gathered = pixels.gather(images, batch);
      try (Network.Turn turn = network.turn(alone);
          NDManager manager = network.newManager()) {
        ExplainedGroup group = explain(images, gathered, batch, manager);
        clock.group();
        return group;
      }
    } catch (EngineException e) {
      throw NetworkException.of("The device failed on a batch of " + batch, e);
    }
  }

  private ExplainedGroup explain(
      List<PreparedImage> images, DevicePixels.Gathered gathered, int batch, NDManager manager) {
    NDArray clean = pixels.send(gathered, manager);
    long start = System.nanoTime();
    GroupReadout readout = new GroupReadout(plan, over, kind, images, batch, manager);
    ForwardPass pass =
        clearOrder == 0
            ? network.infer(plan, clean, readout.clean())
            : network.forward(plan, clean, readout.clean());
    readout.fix(pass);
    clock.pass(start, batch, batch - images.size());
    compareOnce(clean, pass, images.size());
    ExplainedGroup group = reader.begin(images, pass);
    if (group.mostTargets() > 0) {
      // Chunks may reach beyond the batch by less than its size.
      int rows = 2 * batch;
      NDArray classes = manager.create(group.classes(rows), new Shape(rows, group.mostTargets()));
      DeviceRead read = new DeviceRead(manager, clock);
      if (!clear.isEmpty()) {
        differentiateClean(manager, pass, group, classes, read);
      }
      if (!sampled.isEmpty()) {
        differentiateNoisy(manager, clean, pass, readout, group, classes, read);
      }
      for (PerturbationMethod method : asking) {
        ask(manager, method, clean, pass, readout, group, classes, read);
      }
      read.deliver();
    }
    return group;
  }

  /**
   * Compares scores with those of the model as it came, at the first group of this size: what holds
   * for noise on the driver holds for images on this device.
   *
   * @throws ScoresDifferException if they differ
   */
  private void compareOnce(NDArray clean, ForwardPass pass, int images) {
    ScoreCheck check = plan.check();
    int rows = (int) clean.getShape().get(0);
    if (check.random() || !network.isUnchecked(rows)) {
      return;
    }
    int numbers = images * plan.classes();
    float[] probed = Arrays.copyOf(pass.overall().toFloatArray(), numbers);
    float[] own = Arrays.copyOf(network.scores(clean).toFloatArray(), numbers);
    double difference = ScoreDifference.of(probed, own, ScoreDifference.scale(own));
    if (!(difference <= check.tolerance())) {
      throw new ScoresDifferException(difference, check.tolerance(), network.device());
    }
    compared = compared.plus(new ScoresCompared(images, difference));
  }

  /** What {@link #explain} has compared so far. */
  ScoresCompared compared() {
    return compared;
  }

  /** Computes the maps of methods without noise, from the gradients of the clean images. */
  private void differentiateClean(
      NDManager manager, ForwardPass pass, ExplainedGroup group, NDArray classes, DeviceRead read) {
    Rows rows = group.rows();
    for (int rank = 0; rank < group.mostTargets(); rank++) {
      try (NDManager scratch = manager.newSubManager()) {
        boolean last = rank + 1 == group.mostTargets();
        List<NDArray> gradients =
            clearOrder == 0
                ? List.of()
                : pass.gradients(ofRank(rows.of(classes, scratch), rank), last);
        for (int layer = 0; layer < plan.layers().size(); layer++) {
          NDArray activations = rows.of(pass.activations(layer), scratch);
          LayerTrace trace =
              clearOrder == 0
                  ? LayerTrace.withoutDerivatives(activations)
                  : trace(gradients.get(layer), activations, scratch);
          LayerGradients found = new LayerGradients(rows, rank, layer, trace, Optional.empty());
          clear.forEach(method -> reader.read(group, found, method, read));
        }
      }
    }
  }

  private LayerTrace trace(NDArray gradient, NDArray activations, NDManager scratch) {
    gradient.attach(scratch);
    // For a single sample, the weight of the exponential is 1.
    DerivativeSums sums = new DerivativeSums(scratch, clearOrder, ScoreTransform.LOGIT);
    sums.add(gradient.expandDims(1), null);
    return sums.trace(activations);
  }

  /** The classes of one rank, {@code [N]}, of {@code [N, ranks]}. */
  static NDArray ofRank(NDArray classes, int rank) {
    return classes.get(new NDIndex().addAllDim().addSliceDim(rank, rank + 1L)).flatten();
  }

  /**
   * Computes the maps of the methods that average over noisy copies; copies of several images share
   * passes.
   */
  private void differentiateNoisy(
      NDManager manager,
      NDArray clean,
      ForwardPass cleanPass,
      GroupReadout readout,
      ExplainedGroup group,
      NDArray classes,
      DeviceRead read) {
    int samples = sampled.get(0).noise().samples();
    int batch = group.rows().count();
    int most = Math.max(1, batch / samples);
    int chunks = (batch + most - 1) / most;
    // All chunks have the same size, or shapes would depend on an image's position in the group;
    // even chunks need the least padding.
    int together = (batch + chunks - 1) / chunks;
    int parts = (samples + batch - 1) / batch;
    for (int from = 0; from < batch; from += together) {
      Rows rows = new Rows(from, together);
      if (group.hasTargets(rows)) {
        try (NDManager chunk = manager.newSubManager()) {
          NoisyCopies copies =
              new NoisyCopies(
                  chunk, plan, sampled, rows, group, cleanPass, readout, clean, classes);
          for (int part = 0; part < parts; part++) {
            int first = samples * part / parts;
            int end = samples * (part + 1) / parts;
            copies.add(network, pool, clock, first, end - first);
          }
          copies.deliver((found, method) -> reader.read(group, found, method, read));
        }
      }
    }
  }

  /**
   * Computes the maps of a method that asks about changed copies. Images are taken one by one, so
   * that their copies do not depend on what else is in the group.
   */
  private void ask(
      NDManager manager,
      PerturbationMethod method,
      NDArray clean,
      ForwardPass pass,
      GroupReadout readout,
      ExplainedGroup group,
      NDArray classes,
      DeviceRead read) {
    Rows rows = group.rows();
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      NDArray activations = pass.activations(layer);
      ChangedCopies changes = new ChangedCopies(network, plan, layer, method, clock);
      try (NDManager scratch = manager.newSubManager()) {
        NDArray targets = rows.of(classes, scratch);
        NDList changed = new NDList();
        for (int row = 0; row < rows.count(); row++) {
          Rows image = new Rows(row, 1);
          changed.add(
              changes.scores(
                  image.of(clean, scratch),
                  image.of(activations, scratch),
                  image.of(targets, scratch),
                  (copies, own) -> readout.of(image, copies, scratch, own),
                  rows.count(),
                  group.hasTargets(image)));
        }
        // [N,copies,ranks]
        NDArray all = NDArrays.stack(changed);
        NDArray maps = rows.of(activations, scratch);
        for (int rank = 0; rank < group.mostTargets(); rank++) {
          NDArray own = NoisyCopies.picked(pass.scores(), ofRank(targets, rank), scratch).flatten();
          NDArray asked = all.get(":, :, " + rank);
          NDArray weights = method.weights(maps, own, asked);
          LayerGradients found =
              new LayerGradients(
                  rows, rank, layer, LayerTrace.withoutDerivatives(maps), Optional.empty());
          reader.read(
              group,
              found,
              method,
              new RuleMaps.Weighed(weights, Optional.empty(), method.maps(maps, own, asked)),
              read);
        }
      }
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      pixels.close();
    }
  }
}
