package io.camatlas.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A job that was sent to a {@link LoopbackCluster}: its driver here, its executors there. */
public final class Submission {
  private final int number;
  private final Process driver;
  private final Path out;
  private final Path err;
  private final Supplier<List<ProcessHandle>> workers;

  Submission(
      int number, Process driver, Path out, Path err, Supplier<List<ProcessHandle>> workers) {
    this.number = number;
    this.driver = driver;
    this.out = out;
    this.err = err;
    this.workers = workers;
  }

  /** An option of the executors' JVMs that says whose they are. */
  static String mark(int number) {
    return "-Dcamatlas.submission=" + number + ".";
  }

  /** The driver's JVM: the script gives its process over to it. */
  public Process driver() {
    return driver;
  }

  /** What the driver has written to standard output so far. */
  public String out() {
    return Patience.text(out);
  }

  /** What the driver has written to standard error so far. */
  public String err() {
    return Patience.text(err);
  }

  /**
   * Waits for the driver's end and returns its exit code.
   *
   * @throws AssertionError if it has not ended in time; it is killed then
   */
  public int exitCode(Duration limit) throws InterruptedException {
    if (!driver.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      driver.destroyForcibly();
      throw new AssertionError(
          "The driver ran longer than %d s; it wrote%n%s%n%s"
              .formatted(limit.toSeconds(), Patience.lastLines(out), Patience.lastLines(err)));
    }
    return driver.exitValue();
  }

  /** Waits until standard output contains a text. */
  public void awaitOut(String text, Duration limit) {
    Patience.until(() -> out().contains(text), limit, "'" + text + "'", driver.toHandle(), err);
  }

  /** Waits until as many executors live as are asked for, and returns them. */
  public List<ProcessHandle> awaitExecutors(int atLeast, Duration limit) {
    Patience.until(
        () -> executors().size() >= atLeast, limit, atLeast + " executors", driver.toHandle(), err);
    return executors();
  }

  /**
   * The JVMs that run this job's tasks at present. {@link ProcessHandle#destroyForcibly} is the
   * sudden death (kill -9) that a machine's end or its memory's exhaustion means.
   */
  public List<ProcessHandle> executors() {
    return workers.get().stream()
        .flatMap(ProcessHandle::children)
        .filter(
            child -> {
              String command = commandLine(child);
              return command.contains("CoarseGrainedExecutorBackend")
                  && command.contains(mark(number));
            })
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    // Java cuts command lines off at a page, and Spark's are about as long.
    Path linux = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
    try {
      return new String(Files.readAllBytes(linux), StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException e) {
      return process.info().commandLine().orElse("");
    }
  }
}
