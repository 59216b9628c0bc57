package io.camatlas.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Waits for what other processes do, with an end, and tells what they last wrote. */
final class Patience {
  private static final int LAST_LINES = 40;

  private Patience() {}

  /**
   * Waits until something holds.
   *
   * @param what for the message
   * @param process without which it will never hold
   * @param log what the process writes
   * @throws AssertionError if it does not hold in time or the process has ended
   */
  static void until(
      BooleanSupplier condition, Duration limit, String what, ProcessHandle process, Path log) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      boolean alive = process.isAlive();
      if (System.nanoTime() > end || (!alive && !condition.getAsBoolean())) {
        throw new AssertionError(
            "Waited for %s%s; %s ends with%n%s"
                .formatted(
                    what,
                    alive ? " for " + limit.toSeconds() + " s" : ", but its process ended",
                    log.getFileName(),
                    lastLines(log)));
      }
      sleep();
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for a process.", e);
    }
  }

  static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long count(Path file, String part) {
    return text(file).lines().filter(line -> line.contains(part)).count();
  }

  static String lastLines(Path file) {
    List<String> lines = text(file).lines().toList();
    return String.join(
        System.lineSeparator(),
        lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }
}
