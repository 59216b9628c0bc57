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
import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.cam.PerturbationMethod;
import io.camatlas.cam.ScoreTransform;
import io.camatlas.cam.StraightPath;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Runs groups of images through the network: once clean, and with noise as often as the rules
 * require. All targets, layers and rules of an image share its passes.
 */
final class GroupPasses implements AutoCloseable {
  /** Bounds what sums of derivatives wait on the device: 64 MiB. */
  private static final long MOST_SUMS = 16L << 20;

  private final Network network;
  private final ProbePlan plan;
  private final ScoreOver over;
  private final ScoreKind kind;
  private final PassClock clock;
  private final MapReader reader;

  /**
   * Methods that use the gradients of the clean images at each layer, or their activations alone.
   */
  private final List<List<GradientMethod>> clear;

  /** The highest order of derivatives that these use. */
  private final int clearOrder;

  /** What is averaged over changed copies: all noise is the same, and has copies of its own. */
  private final List<AveragedCopies.Averaged> averaged;

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
    this.clock = clock;
    this.reader = new MapReader(settings, plan, card, network.precision(), clock);
    List<GradientMethod> methods = settings.gradientMethods();
    this.clear =
        plan.layers().stream()
            .map(
                layer ->
                    methods.stream()
                        .filter(method -> ExplainSettings.isAt(method, layer))
                        .filter(method -> !settings.isAveraged(method, layer))
                        .toList())
            .toList();
    this.clearOrder =
        clear.stream().flatMap(List::stream).mapToInt(GradientMethod::highestOrder).max().orElse(0);
    this.averaged = averaged(network, plan, settings, pool);
    this.asking = settings.perturbationMethods();
    this.pixels = new DevicePixels(network, plan.input(), card.preprocessing());
  }

  /** The methods that average, by what they average over. */
  private static List<AveragedCopies.Averaged> averaged(
      Network network, ProbePlan plan, ExplainSettings settings, NoisePool pool) {
    Map<Object, SortedMap<Integer, List<GradientMethod>>> together = new LinkedHashMap<>();
    for (GradientMethod method : settings.gradientMethods()) {
      for (int layer = 0; layer < plan.layers().size(); layer++) {
        if (settings.isAveraged(method, plan.layers().get(layer))) {
          Object over = method.path().isLong() ? method.path() : method.noise();
          together
              .computeIfAbsent(over, fresh -> new TreeMap<>())
              .computeIfAbsent(layer, fresh -> new ArrayList<>())
              .add(method);
        }
      }
    }
    List<AveragedCopies.Averaged> all = new ArrayList<>();
    together.forEach(
        (over, methods) ->
            all.add(
                new AveragedCopies.Averaged(
                    over instanceof StraightPath path
                        ? CopySource.OnTheWay.of(path)
                        : new CopySource.Noisy((NoisePlan) over, network, pool),
                    methods)));
    return all;
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
      if (!clear.stream().allMatch(List::isEmpty)) {
        differentiateClean(manager, pass, group, classes, read);
      }
      for (AveragedCopies.Averaged over : averaged) {
        differentiateCopies(over, manager, clean, pass, readout, group, classes, read);
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
   * for noise on the driver holds for images on this device. Some images are compared with
   * themselves alone, too.
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
    float[] own = Arrays.copyOf(network.scores(clean.duplicate()).toFloatArray(), numbers);
    double difference = ScoreDifference.of(probed, own, ScoreDifference.scale(own));
    if (!(difference <= check.tolerance())) {
      throw new ScoresDifferException(difference, check.tolerance(), network.device());
    }
    compared = compared.plus(new ScoresCompared(images, difference));
    if (rows > 1) {
      compareAlone(clean, own, images);
    }
  }

  /** Compares the first image, the middle one and the one before the padding. */
  private void compareAlone(NDArray clean, float[] together, int images) {
    double tolerance = plan.check().tolerance();
    double scale = ScoreDifference.scale(together);
    int classes = plan.classes();
    for (int row : new TreeSet<>(List.of(0, images / 2, images - 1))) {
      try (NDManager scratch = clean.getManager().newSubManager()) {
        float[] among = Arrays.copyOfRange(together, row * classes, (row + 1) * classes);
        float[] alone = network.scores(new Rows(row, 1).of(clean, scratch)).toFloatArray();
        double difference = ScoreDifference.of(alone, among, scale);
        if (!(difference <= tolerance)) {
          throw ScoresDifferException.besideOthers(difference, tolerance, network.device());
        }
      }
    }
  }

  /** What {@link #explain} has compared so far. */
  ScoresCompared compared() {
    return compared;
  }

  /** Computes the maps of methods that average nothing, from the gradients of the clean images. */
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
          if (clear.get(layer).isEmpty()) {
            continue;
          }
          NDArray activations = rows.of(pass.activations(layer), scratch);
          LayerTrace trace =
              clearOrder == 0
                  ? LayerTrace.withoutDerivatives(activations)
                  : trace(gradients.get(layer), activations, scratch);
          LayerGradients found = new LayerGradients(rows, rank, layer, trace, Optional.empty());
          clear.get(layer).forEach(method -> reader.read(group, found, method, read));
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
   * Computes the maps of the methods that average over changed copies; copies of several images
   * share passes.
   */
  private void differentiateCopies(
      AveragedCopies.Averaged over,
      NDManager manager,
      NDArray clean,
      ForwardPass cleanPass,
      GroupReadout readout,
      ExplainedGroup group,
      NDArray classes,
      DeviceRead read) {
    int samples = over.source().copies();
    int batch = group.rows().count();
    int most = Math.max(1, batch / samples);
    int chunks = (batch + most - 1) / most;
    // All chunks have the same size, or shapes would depend on an image's position in the group;
    // even chunks need the least padding.
    int together = (batch + chunks - 1) / chunks;
    int parts = (samples + batch - 1) / batch;
    int joined = joined(chunks, over.numbers(plan) * together * group.mostTargets());
    for (int from = 0; from < batch; from += joined * together) {
      if (!group.hasTargets(new Rows(from, joined * together))) {
        continue;
      }
      try (NDManager scratch = manager.newSubManager()) {
        List<AveragedCopies> all = new ArrayList<>();
        for (int chunk = 0; chunk < joined; chunk++) {
          Rows rows = new Rows(from + chunk * together, together);
          if (!all.isEmpty() && !group.hasTargets(rows)) {
            // Nobody reads these rows: others keep their place.
            all.add(all.get(0));
            continue;
          }
          AveragedCopies copies =
              new AveragedCopies(
                  scratch, plan, over, rows, group, cleanPass, readout, clean, classes);
          for (int part = 0; part < parts; part++) {
            int first = samples * part / parts;
            int end = samples * (part + 1) / parts;
            copies.add(network, clock, first, end - first);
          }
          all.add(copies);
        }
        AveragedCopies.deliver(
            all, scratch, (found, method) -> reader.read(group, found, method, read));
      }
    }
  }

  /**
   * How many chunks are summed before maps are computed, of all at once: all of them, or a divisor
   * where their sums would take too much of the device.
   *
   * @param numbers that the sums of one chunk take
   */
  static int joined(int chunks, long numbers) {
    int joined = chunks;
    while (joined > 1 && (chunks % joined > 0 || joined * numbers > MOST_SUMS)) {
      joined--;
    }
    return joined;
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
      if (!ExplainSettings.isAt(method, plan.layers().get(layer))) {
        continue;
      }
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
          NDArray own =
              AveragedCopies.picked(pass.scores(), ofRank(targets, rank), scratch).flatten();
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
