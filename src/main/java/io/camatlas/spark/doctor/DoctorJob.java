package io.camatlas.spark.doctor;

import io.camatlas.model.DeviceChoice;
import io.camatlas.spark.executor.ExecutorName;
import io.camatlas.spark.executor.TaskGpu;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Looks at the driver and at every executor that is there now. */
public final class DoctorJob {
  private static final int TASKS_A_CORE = 2;

  /** Executors look once, however many tasks reach them. */
  private static final Map<String, Diagnosis> DONE = new HashMap<>();

  private final SparkSession spark;
  private final DeviceChoice device;
  private final Diagnosis.Trial trial;
  private final PrintStream console;

  /**
   * @param device where networks are to run
   * @param trial what every device runs
   */
  public DoctorJob(
      SparkSession spark, DeviceChoice device, Diagnosis.Trial trial, PrintStream console) {
    this.spark = spark;
    this.device = device;
    this.trial = trial;
    this.console = console;
  }

  /**
   * Prints what was found.
   *
   * @return what is missing, in one sentence each, with the process that lacks it
   */
  public List<String> run() {
    SparkContext context = spark.sparkContext();
    List<Diagnosis> all = new ArrayList<>();
    boolean local = context.isLocal();
    if (!local) {
      // The driver of a cluster runs models on its CPU only, to prepare them.
      all.add(
          Diagnosis.of(
              "driver on " + ExecutorName.host(), DeviceChoice.CPU, DeviceChoice.NONE, trial));
    }
    all.addAll(executors(context));
    List<String> gaps = new ArrayList<>();
    for (Diagnosis one : all) {
      console.println(local ? "This machine, " + ExecutorName.host() : one.where());
      int width = one.facts().keySet().stream().mapToInt(String::length).max().orElse(0);
      one.facts().forEach((name, value) -> console.printf("  %-" + width + "s  %s%n", name, value));
      one.gaps().forEach(gap -> gaps.add((local ? "" : one.where() + ": ") + gap));
    }
    return gaps;
  }

  private List<Diagnosis> found(JavaSparkContext java, int tasks, String id) {
    DeviceChoice wanted = device;
    Diagnosis.Trial sent = trial;
    return java.parallelize(Collections.nCopies(tasks, 0), tasks)
        .map(any -> here(id, wanted, sent))
        .collect();
  }

  private List<Diagnosis> executors(SparkContext context) {
    int tasks = TASKS_A_CORE * Math.max(1, context.defaultParallelism());
    Map<String, Diagnosis> byExecutor = new TreeMap<>();
    JavaSparkContext java = JavaSparkContext.fromSparkContext(context);
    for (Diagnosis one : found(java, tasks, UUID.randomUUID().toString())) {
      byExecutor.putIfAbsent(one.where(), one);
    }
    return List.copyOf(byExecutor.values());
  }

  private static Diagnosis here(String id, DeviceChoice device, Diagnosis.Trial trial) {
    synchronized (DONE) {
      return DONE.computeIfAbsent(id, any -> look(device, trial));
    }
  }

  private static Diagnosis look(DeviceChoice device, Diagnosis.Trial trial) {
    String where = ExecutorName.here();
    try {
      int address = TaskGpu.given(TaskContext.get());
      return Diagnosis.of(where, device, address, trial);
    } catch (IllegalStateException e) {
      return new Diagnosis(where, Map.of(), List.of(e.getMessage()));
    }
  }
}
