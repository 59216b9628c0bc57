package io.camatlas.spark.executor;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Prints the progress of a running job: images, images per second, failures and time left. */
public final class Progress implements AutoCloseable {
  private static final int FIRST_SECONDS = 2;
  private static final int SECONDS = 5;

  private final RunCounters counters;
  private final long images;
  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "camatlas-progress");
            thread.setDaemon(true);
            return thread;
          });
  private final ScheduledFuture<?> ticks;
  private long lastPrinted = -1;
  private boolean warned;

  public Progress(RunCounters counters, long images, PrintStream out) {
    this.counters = counters;
    this.images = images;
    this.out = out;
    this.ticks = clock.scheduleAtFixedRate(this::print, FIRST_SECONDS, SECONDS, TimeUnit.SECONDS);
  }

  private void print() {
    warn();
    long done = counters.images();
    if (done > 0 && done != lastPrinted) {
      lastPrinted = done;
      out.println(line(done, images, counters.failures(), seconds()));
    }
  }

  /** Says once, as soon as it shows, that maps are not determined. */
  private synchronized void warn() {
    if (warned || counters.undetermined() == 0) {
      return;
    }
    warned = true;
    out.printf(
        "Note: %,d of the first %,d maps are not determined by 32-bit numbers: they divide by sums"
            + " within rounding of zero (column undetermined). Explain the layer behind the"
            + " activation, or set `alpha` to normalized, `precision` to float64, or another"
            + " `method`.%n",
        counters.undetermined(), counters.maps());
  }

  private double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** One line of progress. */
  static String line(long done, long images, long failures, double seconds) {
    double rate = done / Math.max(seconds, 1e-9);
    long left = rate > 0 ? Math.round(Math.max(0, images - done) / rate) : -1;
    return String.format(
        Locale.ROOT,
        "%,d of %,d images (%.0f %%), %.1f images/s, %,d failed, %s left",
        done,
        images,
        100.0 * done / Math.max(1, images),
        rate,
        failures,
        left < 0 ? "unknown time" : duration(left));
  }

  private static String duration(long seconds) {
    Duration time = Duration.ofSeconds(seconds);
    return time.toHours() > 0
        ? time.toHours() + " h " + time.toMinutesPart() + " min"
        : time.toMinutes() > 0
            ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
            : time.toSeconds() + " s";
  }

  @Override
  public void close() {
    ticks.cancel(false);
    clock.shutdownNow();
    warn();
    out.println(line(counters.images(), images, counters.failures(), seconds()));
  }
}
