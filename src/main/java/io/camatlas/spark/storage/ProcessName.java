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
 * Which process that is, among those of all machines.
 *
 * @param host its machine's name, for people
 * @param pid its number on that machine, or within its container
 * @param machine where that number counts; empty where this is not known
 * @param started milliseconds of the epoch; 0 where this is not known
 */
record ProcessName(String host, long pid, String machine, long started) {
  /** This process. */
  static ProcessName own() {
    ProcessHandle process = ProcessHandle.current();
    return new ProcessName(thisHost(), process.pid(), thisMachine(), startOf(process));
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "a machine without a name";
    }
  }

  /**
   * Two containers may have one host name and number their processes from 1; what they do not share
   * is the name space of these numbers.
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
    // No other system that Spark runs on has such name spaces.
    return System.getProperty("os.name").equals("Linux") ? "" : thisHost();
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Whether the other process is running; empty if that cannot be known from here. */
  Optional<Boolean> sees(ProcessName other) {
    if (machine.isEmpty() || !machine.equals(other.machine)) {
      return Optional.empty();
    }
    return Optional.of(
        ProcessHandle.of(other.pid)
            // A number may have been given to another process since.
            .map(process -> other.started == 0 || startOf(process) == other.started)
            .orElse(false));
  }

  @Override
  public String toString() {
    return "process " + pid + " on " + host;
  }
}
