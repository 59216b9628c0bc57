package io.camatlas.explain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The peak memory of this process while something runs, sampled every few milliseconds; Linux only.
 * Java's own counters do not include the engine's memory.
 */
public final class ResidentMemory implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long PAUSE_MILLIS = 2;

  private final AtomicLong most = new AtomicLong();
  private final Thread watcher;

  /** Starts to sample. */
  public ResidentMemory() {
    most.set(now().orElse(0));
    watcher = new Thread(this::watch, "camatlas-memory");
    watcher.setDaemon(true);
    watcher.start();
  }

  /** Resident memory of this process in bytes; empty if the system does not report it. */
  public static OptionalLong now() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return OptionalLong.of(1024 * Long.parseLong(line.replaceAll("\\D", "")));
        }
      }
    } catch (IOException e) {
      // Not Linux.
    }
    return OptionalLong.empty();
  }

  /** The largest number of bytes seen so far; 0 if the system does not report it. */
  public long most() {
    return most.get();
  }

  private void watch() {
    try {
      while (true) {
        now().ifPresent(bytes -> most.accumulateAndGet(bytes, Math::max));
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
