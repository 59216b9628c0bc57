package io.camatlas.spark.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * Identifies a process among those of all machines.
 *
 * @param host name of its machine, shown to people
 * @param pid its process id on that machine, or within its container
 * @param machine identifies the pid namespace that the id belongs to; empty if not known
 * @param started start time in milliseconds since 1970; 0 if not known
 */
record ProcessName(String host, long pid, String machine, long started) {
  private static final Path SELF = Path.of("/proc/self");
  private static final Path FIRST = Path.of("/proc/1");

  /** This process. */
  static ProcessName own() {
    ProcessHandle process = ProcessHandle.current();
    return new ProcessName(thisHost(), process.pid(), thisMachine(), startOf(process));
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unknown host";
    }
  }

  /**
   * Two containers may have the same host name and both number their processes from 1, but they do
   * not share a pid namespace.
   */
  private static String thisMachine() {
    Path boot = Path.of("/proc/sys/kernel/random/boot_id");
    Path numbers = Path.of("/proc/self/ns/pid");
    try {
      if (Files.isReadable(boot)) {
        return Files.readString(boot).strip() + " " + Files.readSymbolicLink(numbers);
      }
    } catch (IOException | UncheckedIOException | UnsupportedOperationException e) {
      return "";
    }
    // No other system that Spark runs on has pid namespaces.
    return System.getProperty("os.name").equals("Linux") ? "" : thisHost();
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Whether the other process is running; empty if this process cannot tell. */
  Optional<Boolean> sees(ProcessName other) {
    if (machine.isEmpty() || !machine.equals(other.machine)) {
      return Optional.empty();
    }
    Optional<ProcessHandle> process = ProcessHandle.of(other.pid);
    if (process.isEmpty()) {
      // Where those of other users are hidden, one that is not seen may be running.
      boolean mayBeHidden = Files.isDirectory(SELF) && !Files.exists(FIRST);
      return mayBeHidden ? Optional.empty() : Optional.of(false);
    }
    // If starts differ, the id may have been given anew, or the clock may have been set.
    return other.started == 0 || startOf(process.get()) == other.started
        ? Optional.of(true)
        : Optional.empty();
  }

  @Override
  public String toString() {
    return "process " + pid + " on " + host;
  }
}
