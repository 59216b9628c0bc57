package io.camatlas.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A run of {@code jobs/camatlas} in a process of its own, as a user starts it. */
final class Submission implements AutoCloseable {
  /**
   * For processes that live for a few seconds: no compiler that optimises most, no threads of a
   * collector, no second look at classes that the compiler has just written.
   */
  static final List<String> SHORT_LIVED =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=256m",
          "-XX:+UseSerialGC",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:-BytecodeVerificationRemote");

  /** The same for jobs/camatlas. */
  static final List<String> QUICKLY =
      List.of("--conf", "spark.driver.defaultJavaOptions=" + String.join(" ", SHORT_LIVED));

  private static final int TEN_MINUTES = 600;

  private final Process driver;
  private final Path output;

  private Submission(Process driver, Path output) {
    this.driver = driver;
    this.output = output;
  }

  /**
   * Starts a command.
   *
   * @param folder for its output
   * @param arguments of jobs/camatlas
   */
  static Submission start(Path folder, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(project().resolve("jobs/camatlas").toString());
    command.addAll(QUICKLY);
    command.addAll(arguments);
    return startCommand(folder, command);
  }

  /** Starts any command line. */
  static Submission startCommand(Path folder, List<String> command) throws IOException {
    Path output = Files.createTempFile(folder, "output", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // Their Java differs from that of users, and so would its archive.
    builder.environment().put("CAMATLAS_ARCHIVE", "");
    return new Submission(builder.start(), output);
  }

  static Path project() {
    return Path.of(System.getProperty("camatlas.project", "")).toAbsolutePath();
  }

  String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return driver.isAlive();
  }

  /** Waits until something has happened, and fails if the command ends before. */
  void until(String what, BooleanSupplier happened) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TEN_MINUTES);
    while (!happened.getAsBoolean()) {
      if (!driver.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("waited in vain for " + what + ":\n" + output());
      }
      Thread.sleep(50);
    }
  }

  /** Waits for the end and gives the exit code. */
  int exitCode() throws InterruptedException {
    if (!driver.waitFor(TEN_MINUTES, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after ten minutes:\n" + output());
    }
    return driver.exitValue();
  }

  /** As {@code kill -9} does, with every process that it has started. */
  void kill() throws InterruptedException {
    driver.descendants().forEach(ProcessHandle::destroyForcibly);
    driver.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
