package io.camatlas.spark.executor;

import io.camatlas.model.DeviceChoice;
import io.camatlas.model.NetworkException;
import io.camatlas.model.Precision;
import io.camatlas.spark.InputException;
import java.io.PrintStream;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;

/** Checks, before any image is read, whether executors have the requested device. */
public final class DeviceCheck {
  private DeviceCheck() {}

  /**
   * What one task found.
   *
   * @param executor executor of the task, with its host
   * @param device the device that a network would use; empty if there is none
   * @param problem why there is no such device
   * @param note what the user should know about the device
   */
  private record Found(String executor, String device, String problem, String note)
      implements Serializable {}

  /**
   * Checks the executors that are running now, and prints which devices they have.
   *
   * @return whether networks run on GPUs
   * @throws InputException naming every executor that lacks the device
   */
  public static boolean require(
      DeviceChoice device,
      Precision precision,
      SparkContext spark,
      int slots,
      Optional<ResourceProfile> resources,
      PrintStream console) {
    if (device == DeviceChoice.CPU) {
      return false;
    }
    JavaRDD<Integer> tasks =
        JavaSparkContext.fromSparkContext(spark)
            .parallelize(Collections.nCopies(2 * slots, 0), 2 * slots);
    JavaRDD<Found> asked = tasks.map(any -> found(device, precision));
    if (resources.isPresent()) {
      asked = asked.withResources(resources.get());
    }
    List<Found> found = asked.collect();
    Map<String, String> problems = new TreeMap<>();
    Map<String, Long> devices =
        found.stream()
            .filter(one -> one.problem.isEmpty())
            .collect(
                Collectors.groupingBy(
                    one -> one.device.startsWith("cpu") ? "cpu" : "gpu",
                    TreeMap::new,
                    Collectors.mapping(
                        one -> one.executor + one.device,
                        Collectors.collectingAndThen(
                            Collectors.toSet(), all -> (long) all.size()))));
    found.stream()
        .filter(one -> !one.problem.isEmpty())
        .forEach(one -> problems.put(one.executor, one.problem));
    if (!problems.isEmpty()) {
      throw new InputException(
          problems.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + entry.getValue())
              .collect(Collectors.joining(System.lineSeparator())));
    }
    if (devices.containsKey("gpu")) {
      console.printf(
          "Networks run on %,d GPUs%s%n",
          devices.get("gpu"),
          devices.containsKey("cpu") ? " and, on executors without a GPU, on the CPU" : "");
    }
    found.stream()
        .map(Found::note)
        .filter(note -> !note.isEmpty())
        .distinct()
        .forEach(note -> console.println("Note: " + note));
    return devices.containsKey("gpu");
  }

  private static Found found(DeviceChoice device, Precision precision) {
    String executor = ExecutorName.here();
    try {
      int address = TaskGpu.address(device, TaskContext.get());
      String there = device.device(address).toString();
      String note = precision.check(!there.startsWith("cpu"), System.getenv()).orElse("");
      return new Found(executor, there, "", note);
    } catch (IllegalStateException | NetworkException e) {
      return new Found(executor, "", e.getMessage(), "");
    }
  }
}
