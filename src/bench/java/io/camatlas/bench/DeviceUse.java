package io.camatlas.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Watches how much of the time a GPU is busy, as {@code nvidia-smi} tells it. */
final class DeviceUse implements AutoCloseable {
  private static final int MILLISECONDS = 100;

  private final List<Double> shares = Collections.synchronizedList(new ArrayList<>());
  private final Process process;

  private DeviceUse(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "nvidia-smi");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts to watch the GPU that is used; nothing is seen where there is no {@code nvidia-smi}, or
   * where it does not tell, as of a part of a GPU.
   */
  static DeviceUse watch() {
    try {
      return new DeviceUse(query("utilization.gpu", "--loop-ms=" + MILLISECONDS));
    } catch (IOException e) {
      return new DeviceUse(null);
    }
  }

  private static Process query(String what, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "nvidia-smi", "--id=" + id(), "--query-gpu=" + what, "--format=csv,noheader,nounits"));
    command.addAll(List.of(more));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** The first GPU that CUDA may use, as the environment names it: only that one is measured. */
  static String id() {
    String visible = System.getenv("CUDA_VISIBLE_DEVICES");
    return visible == null || visible.isBlank() ? "0" : visible.split(",", -1)[0].strip();
  }

  /** Name of the GPU and version of its driver; empty where nobody tells. */
  static Optional<String> name() {
    try {
      Process process = query("name,driver_version");
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        return Optional.ofNullable(lines.readLine())
            .map(line -> line.strip().replaceFirst(", *", ", driver "));
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void read() {
    if (process == null) {
      return;
    }
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        shares.add(Double.parseDouble(line.strip()) / 100);
      }
    } catch (IOException | NumberFormatException e) {
      // The process has ended, or this GPU does not tell.
    }
  }

  /** Share of the time from the first work to the last that the GPU was busy; 0 to 1. */
  OptionalDouble share() {
    List<Double> seen = List.copyOf(shares);
    int from = 0;
    int to = seen.size();
    while (from < to && seen.get(from) == 0) {
      from++;
    }
    while (to > from && seen.get(to - 1) == 0) {
      to--;
    }
    return seen.subList(from, to).stream().mapToDouble(Double::doubleValue).average();
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroy();
    }
  }
}
