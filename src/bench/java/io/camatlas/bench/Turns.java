package io.camatlas.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Ways to do the same work that take turns, A B A B …, so that other load on the machine affects
 * all of them equally. Each has its own thread, and with it its own per-thread state of the engine.
 */
final class Turns {
  private Turns() {}

  /** One way to do the work. */
  @FunctionalInterface
  interface Way {
    /** Does the work once, and returns how many seconds it took. */
    double seconds() throws Exception;
  }

  /**
   * Lets all ways take turns, after a warm-up round that is not counted.
   *
   * @return seconds by way and round
   */
  static Map<String, double[]> take(Map<String, Way> ways, int rounds) {
    Map<String, ExecutorService> threads = new LinkedHashMap<>();
    Map<String, double[]> seconds = new LinkedHashMap<>();
    try {
      for (String name : ways.keySet()) {
        threads.put(name, Executors.newSingleThreadExecutor());
        seconds.put(name, new double[rounds]);
      }
      for (int round = -1; round < rounds; round++) {
        for (Map.Entry<String, Way> way : ways.entrySet()) {
          double took = threads.get(way.getKey()).submit(way.getValue()::seconds).get();
          if (round >= 0) {
            seconds.get(way.getKey())[round] = took;
          }
        }
      }
      return seconds;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException problem
          ? problem
          : new IllegalStateException("A measurement failed.", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      threads.values().forEach(ExecutorService::shutdownNow);
    }
  }

  /** Seconds since a time of {@link System#nanoTime}. */
  static double since(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  static double median(double[] values) {
    double[] sorted = sorted(values);
    int n = sorted.length;
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }

  /** The ratios of the first to the second by round, in ascending order. */
  static double[] ratios(double[] one, double[] other) {
    double[] ratios = new double[one.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = one[i] / other[i];
    }
    return sorted(ratios);
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
