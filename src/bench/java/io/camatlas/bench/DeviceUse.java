package io.camatlas.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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

  /** Starts to watch the first GPU; nothing is seen where there is no {@code nvidia-smi}. */
  static DeviceUse watch() {
    try {
      return new DeviceUse(
          new ProcessBuilder(
                  "nvidia-smi",
                  "--id=0",
                  "--query-gpu=utilization.gpu",
                  "--format=csv,noheader,nounits",
                  "--loop-ms=" + MILLISECONDS)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      return new DeviceUse(null);
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
