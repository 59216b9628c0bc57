package io.camatlas.explain;

import io.camatlas.cam.NoisePool;
import io.camatlas.model.DeviceMemoryException;
import io.camatlas.model.LayerSkippedException;
import io.camatlas.model.ModelCard;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkException;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ScoreGrid;
import io.camatlas.model.ScoresCompared;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
 * targets and activations. Noisy copies then fill further passes of at most that many rows: several
 * images with all their samples if they fit, else one image in parts. So {@code batch} bounds the
 * device's memory whatever the number of samples, and all targets, layers and rules of an image
 * share its passes. Passes have the same shapes for every group; missing rows are padded. So an
 * image's result does not depend on the other images in its group, unless the network's scores do;
 * the first group of a size is searched for that.
 *
 * <p>If the device has no memory for a pass, the batch is halved permanently and the pass is tried
 * again. An image that does not fit even by itself is skipped, and batches return to the largest
 * size that has worked.
 *
 * <p>Not thread-safe; {@link Network} and {@link NoisePool} may be shared.
 */
public final class Explainer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Explainer.class.getName());
  private static final int GROUPS_AHEAD = 2;
  private static final long MOST_BYTES_AHEAD = 128L << 20;
  private static final long CLOSE_SECONDS = 10;

  private final Network network;
  private final PassClock clock;
  private final Preparation preparation;
  private final GroupPasses passes;
  private final ExecutorService decoders;
  private final int mostAhead;
  private int batch;

  /** The largest batch that the device had memory for; 0 before the first pass. */
  private int proven;

  /**
   * Creates an explainer that decodes on the thread that pulls outcomes.
   *
   * @param network a probed network
   * @param plan what the network returns
   * @param card classes and preprocessing
   * @param settings how to explain
   * @param pool noise of the run; may be null if no method uses noise
   */
  public Explainer(
      Network network, ProbePlan plan, ModelCard card, ExplainSettings settings, NoisePool pool) {
    this(network, plan, card, settings, pool, 0, new PassClock());
  }

  /**
   * Creates an explainer.
   *
   * @param network a probed network
   * @param plan what the network returns
   * @param card classes and preprocessing
   * @param settings how to explain
   * @param pool noise of the run; may be null if no method uses noise
   * @param decoders number of threads that read and decode ahead of the device; if 0, the thread
   *     that pulls outcomes decodes
   * @param clock records the times
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
    this.clock = clock;
    this.batch = settings.batch();
    this.mostAhead = mostAhead(batch, (long) plan.input().elements() * Float.BYTES);
    this.preparation =
        new Preparation(
            card,
            settings.limits(),
            plan.input(),
            settings.over().isMarked() ? plan.pixels() : ScoreGrid.NONE,
            clock,
            network.device().isGpu());
    this.passes = new GroupPasses(network, plan, card, settings, pool, clock);
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

  /** Two groups, or one where two would take much memory: several tasks may share a device. */
  private static int mostAhead(int batch, long bytes) {
    return (int) Math.max(batch, Math.min((long) GROUPS_AHEAD * batch, MOST_BYTES_AHEAD / bytes));
  }

  /** Rows of a pass: as set, or fewer if the device ran out of memory. */
  public int batch() {
    return batch;
  }

  /** Images whose scores were compared with the model's own: the first on each device. */
  public ScoresCompared compared() {
    return passes.compared();
  }

  /**
   * One outcome for each input, in the order of the inputs.
   *
   * @param inputs pulled on the calling thread as needed; two groups ahead of the outcomes if there
   *     are decoders
   */
  public Iterator<ImageOutcome> explain(Iterator<ImageInput> inputs) {
    return outcomes(new DecodeAhead(inputs, preparation, decoders, mostAhead, clock));
  }

  /**
   * One outcome for each image that a {@link Preparation} for the same network has prepared, in the
   * order of the images.
   */
  public Iterator<ImageOutcome> explainPrepared(Iterator<? extends Preparation.Result> images) {
    return outcomes(DeviceFeed.of(images));
  }

  private Iterator<ImageOutcome> outcomes(DeviceFeed images) {
    return new Iterator<>() {
      private final Deque<ImageOutcome> ready = new ArrayDeque<>();

      @Override
      public boolean hasNext() {
        while (ready.isEmpty() && images.hasNext()) {
          ready.addAll(group(images));
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
   * Stops the decoders and waits for them, so that none outlives its task. A decoder that does not
   * react to an interrupt is abandoned after a few seconds and ends after its current image.
   * Waiting images are dropped: threads waiting for one get a {@link
   * java.util.concurrent.CancellationException}.
   */
  @Override
  public void close() {
    try {
      if (decoders != null) {
        stopDecoders();
      }
    } finally {
      passes.close();
    }
  }

  private void stopDecoders() {
    for (Runnable dropped : decoders.shutdownNow()) {
      ((Future<?>) dropped).cancel(false);
    }
    // The thread of a killed task is interrupted, and must wait nevertheless.
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

  private List<ImageOutcome> group(DeviceFeed source) {
    List<ImageOutcome> outcomes = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<PreparedImage> images = new ArrayList<>();
    while (images.size() < batch && source.hasNext()) {
      Preparation.Result next = source.next();
      if (next instanceof PreparedImage image) {
        images.add(image);
        places.add(outcomes.size());
        outcomes.add(null);
      } else {
        outcomes.add((ImageOutcome.Skipped) next);
      }
    }
    source.deviceIsNext();
    long start = System.nanoTime();
    long forward = clock.nanos(Phase.FORWARD);
    List<ImageOutcome> explained = explainGroup(images);
    // Everything that the device's thread does besides the forward passes.
    forward = clock.nanos(Phase.FORWARD) - forward;
    clock.add(Phase.BACKWARD, System.nanoTime() - start - forward);
    for (int i = 0; i < places.size(); i++) {
      outcomes.set(places.get(i), explained.get(i));
    }
    images.forEach(source::release);
    return outcomes;
  }

  /**
   * Explains images, at most one batch at a time. If the network fails on a batch, each image is
   * tried by itself, so that only the failing one is lost.
   */
  private List<ImageOutcome> explainGroup(List<PreparedImage> images) {
    List<ImageOutcome> outcomes = new ArrayList<>();
    boolean alone = false;
    while (outcomes.size() < images.size()) {
      int from = outcomes.size();
      List<PreparedImage> next = images.subList(from, Math.min(images.size(), from + batch));
      PreparedImage first = next.get(0);
      try {
        outcomes.addAll(passes.explain(next, batch, alone));
        alone = false;
        proven = Math.max(proven, batch);
      } catch (DeviceMemoryException e) {
        if (batch == 1 && !alone && network.device().isGpu()) {
          // Other tasks may hold the memory.
          network.releaseUnusedMemory();
          alone = true;
        } else if (batch == 1) {
          alone = false;
          outcomes.add(first.skipped(ImageOutcome.Stage.FORWARD, "out of memory", e));
          // The image needs more memory than the others, or something else held it.
          batch = Math.max(1, proven);
          network.releaseUnusedMemory();
        } else {
          halve(first, e);
        }
      } catch (NetworkException e) {
        if (next.size() == 1) {
          String reason =
              e instanceof LayerSkippedException ? "layer not called" : "network failed";
          outcomes.add(first.skipped(ImageOutcome.Stage.FORWARD, reason, e));
        } else {
          for (PreparedImage image : next) {
            outcomes.addAll(explainGroup(List.of(image)));
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
        "Out of memory for batches of "
            + before
            + " at image "
            + first.image().id()
            + "; batches now have "
            + batch
            + " rows. "
            + e.getMessage());
  }
}
