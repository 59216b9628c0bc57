package io.camatlas.explain;

import io.camatlas.model.DeviceMemoryException;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkException;
import io.camatlas.model.ProbePlan;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Finds how many rows a pass should have: the smallest number that is nearly as fast as the
 * fastest, within a memory limit.
 *
 * <p>Passes of 1, 2, 4, … rows are timed, including the backward passes of their targets. Each size
 * runs several times after a warm-up. The search ends when more rows no longer help, or when memory
 * or time runs out.
 */
public final class BatchCalibration {
  private static final int MOST = 256;

  /**
   * The fastest of several passes counts, since other work can only slow them down; short passes
   * are repeated more often.
   */
  private static final int LEAST_COUNTED = 2;

  private static final int MOST_COUNTED = 20;
  private static final double ENOUGH_SECONDS = 0.3;
  private static final double ENOUGH = 0.95;
  private static final double SECONDS = 20;

  /** Largest batch to try if the memory of a pass cannot be measured. */
  private static final int UNWATCHED = 16;

  private final Network network;
  private final ProbePlan plan;
  private final int targets;

  /**
   * @param network the network to time; the calling thread must have been prepared for it
   * @param plan what the network returns
   * @param settings how images are explained; their batch is ignored
   */
  public BatchCalibration(Network network, ProbePlan plan, ExplainSettings settings) {
    this.network = network;
    this.plan = plan;
    this.targets = settings.targets().most(plan.classes());
  }

  /**
   * A batch size that was tried.
   *
   * @param batch rows of a pass
   * @param rowsPerSecond speed of the fastest pass
   * @param bytes memory that a pass took in addition to the network; 0 if unknown
   */
  public record Tried(int batch, double rowsPerSecond, long bytes) implements Serializable {}

  /**
   * The result.
   *
   * @param batch the size to use, 1 to 256
   * @param tried the sizes tried, ascending; empty if there was no memory for a single row
   * @param end why no larger size was tried
   */
  public record Found(int batch, List<Tried> tried, String end) implements Serializable {}

  /**
   * Tries batch sizes.
   *
   * @param memory bytes that a pass may take in addition to the network
   * @throws NetworkException if the network fails on a noise image
   */
  public Found find(long memory) {
    boolean gpu = network.device().isGpu();
    long before = ResidentMemory.now().orElse(0);
    List<Tried> tried = new ArrayList<>();
    String end = "no larger size is tried";
    double seconds = 0;
    int fruitless = 0;
    for (int batch = 1; batch <= MOST; batch *= 2) {
      List<Double> passes;
      long bytes;
      try (ResidentMemory watched = new ResidentMemory()) {
        passes = time(batch);
        bytes = gpu || before == 0 ? 0 : Math.max(1, watched.most() - before);
      } catch (DeviceMemoryException e) {
        network.releaseUnusedMemory();
        end = "the device has no memory for batches of " + batch;
        // The chosen size must leave room for whatever else will be on the device by then, such as
        // the groups of other tasks on a GPU.
        for (int spare = gpu ? 2 : 1; spare > 0 && tried.size() > 1; spare--) {
          tried.remove(tried.size() - 1);
        }
        break;
      }
      if (bytes > memory) {
        end = "passes of " + batch + " take " + (bytes >> 20) + " MB";
        break;
      }
      double took = passes.stream().mapToDouble(Double::doubleValue).sum();
      double fastest = Collections.min(passes.subList(1, passes.size()));
      tried.add(new Tried(batch, batch / fastest, bytes));
      seconds += took;
      if (2 * bytes > memory) {
        end = "passes of " + 2 * batch + " would take " + ((2 * bytes) >> 20) + " MB";
        break;
      }
      if (!gpu && before == 0 && batch == UNWATCHED) {
        end = "this system does not report how much memory passes take";
        break;
      }
      if (seconds + 2 * (1 + LEAST_COUNTED) * fastest > SECONDS) {
        end = "larger batches would take too long to try";
        break;
      }
      fruitless = helps(tried) ? 0 : fruitless + 1;
      if (fruitless == 2) {
        end = "more rows are no faster";
        break;
      }
    }
    network.releaseUnusedMemory();
    double best = tried.stream().mapToDouble(Tried::rowsPerSecond).max().orElse(0);
    int batch =
        tried.stream()
            .filter(one -> one.rowsPerSecond >= ENOUGH * best)
            .mapToInt(Tried::batch)
            .findFirst()
            .orElse(1);
    return new Found(batch, List.copyOf(tried), end);
  }

  /** Whether the last size is clearly faster than all smaller ones. */
  private static boolean helps(List<Tried> tried) {
    double last = tried.get(tried.size() - 1).rowsPerSecond;
    return tried.subList(0, tried.size() - 1).stream()
        .allMatch(one -> one.rowsPerSecond < ENOUGH * last);
  }

  /** Times passes over noise, in seconds; the first is a warm-up and must not be counted. */
  private List<Double> time(int batch) {
    NoisePasses passes = new NoisePasses(network, targets, plan.input(), batch);
    List<Double> seconds = new ArrayList<>();
    double counted = 0;
    while (seconds.size() <= LEAST_COUNTED
        || (seconds.size() <= MOST_COUNTED && counted < ENOUGH_SECONDS)) {
      double took = passes.seconds(plan);
      counted += seconds.isEmpty() ? 0 : took;
      seconds.add(took);
    }
    return seconds;
  }
}
