package io.camatlas.spark.explain;

import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.Explanation;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.PassClock;
import io.camatlas.explain.PassTimes;
import io.camatlas.image.ImageException;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkPool;
import io.camatlas.spark.Printable;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.PartWriter;
import io.camatlas.spark.storage.StagedPart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task: explains a slice of the images and writes a part of each table, to be committed by the
 * driver. Nothing of a task that fails, is killed or comes second is ever seen.
 */
public final class ExplainTask {
  private static final Logger LOG = LoggerFactory.getLogger(ExplainTask.class);
  private static final int LOGGED_FAILURES = 20;

  private final TaskContext context;
  private final ExplainPlan plan;
  private final Map<String, ListedFile> files = new HashMap<>();
  private final Map<String, Long> failures = new TreeMap<>();
  private long images;
  private long explanations;
  private long networks;
  private long writeNanos;
  private PassTimes reported = PassTimes.ZERO;
  private long reportedWriteNanos;

  private ExplainTask(TaskContext context, ExplainPlan plan) {
    this.context = context;
    this.plan = plan;
  }

  /**
   * Runs a task.
   *
   * @param rows of {@link ImagesTable#SCHEMA} or {@link ImagesTable#LISTING}
   */
  static TaskReport run(Iterator<Row> rows, ExplainPlan plan) throws IOException {
    return rows.hasNext()
        ? new ExplainTask(TaskContext.get(), plan).explain(rows)
        : TaskReport.NOTHING;
  }

  private TaskReport explain(Iterator<Row> rows) throws IOException {
    long start = System.nanoTime();
    Network.prepareThread(context.cpus());
    String name = "-" + context.stageId() + "-" + context.taskAttemptId() + ".parquet";
    try (NetworkPool.Lease lease = lease(plan, context, () -> networks++);
        PartWriter explained =
            new PartWriter(plan.explanations(), new Path(plan.scratch(), "e" + name).toString());
        PartWriter failed =
            new PartWriter(plan.failures(), new Path(plan.scratch(), "f" + name).toString())) {
      NoisePlan noise = plan.settings().noise();
      NoisePool pool =
          plan.settings().isSampled(plan.probe())
              ? lease.noise(noise.seed(), plan.probe().input().elements())
              : null;
      PassClock clock = new PassClock();
      try (Explainer explainer =
          new Explainer(
              lease.network(),
              plan.probe(),
              plan.card(),
              plan.settings(),
              pool,
              decoders(lease.network()),
              clock)) {
        Iterator<ImageOutcome> outcomes = explainer.explain(inputs(rows));
        while (outcomes.hasNext()) {
          write(outcomes.next(), explained, failed);
          report(clock.times());
        }
      }
      List<StagedPart> parts = new ArrayList<>();
      long before = System.nanoTime();
      explained.finish().ifPresent(parts::add);
      failed.finish().ifPresent(parts::add);
      writeNanos += System.nanoTime() - before;
      return new TaskReport(
          parts,
          images,
          explanations,
          failures,
          networks,
          System.nanoTime() - start,
          writeNanos,
          clock.times());
    }
  }

  /**
   * A GPU is fed by the cores beside it. Beside the CPU, decoders would take what they give, but
   * one hides the wait for files of other machines.
   */
  private int decoders(Network network) {
    if (plan.decoders() >= 0) {
      return plan.decoders();
    }
    return network.device().isGpu() ? Math.max(2, context.cpus()) : plan.remote() ? 1 : 0;
  }

  /** Tells Spark what was done since the last time. */
  private void report(PassTimes now) {
    plan.counters().add(reported, now, writeNanos - reportedWriteNanos);
    ExecutorMetrics.current().add(reported, now, writeNanos - reportedWriteNanos);
    reported = now;
    reportedWriteNanos = writeNanos;
  }

  /**
   * The network of the task's device.
   *
   * @param loading runs where it has to be loaded
   */
  static NetworkPool.Lease lease(ExplainPlan plan, TaskContext context, Runnable loading) {
    int address = gpuAddress(context);
    return NetworkPool.acquire(
        plan.archive(),
        plan.device().device(Math.max(0, address)),
        address,
        plan.precision(),
        () -> {
          loading.run();
          ExecutorMetrics.current().add("networks", 1);
          return HadoopFiles.copyToLocal(plan.archive(), plan.hadoop().value());
        });
  }

  /** The GPU that Spark's resource scheduling gave to the task, or -1. */
  public static int gpuAddress(TaskContext context) {
    ResourceInformation gpu = context.resourcesJMap().get("gpu");
    return gpu == null || gpu.addresses().length == 0 ? -1 : Integer.parseInt(gpu.addresses()[0]);
  }

  private Iterator<ImageInput> inputs(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public ImageInput next() {
        Row row = rows.next();
        files.put(row.getAs("image_id"), ListedFile.of(row));
        return input(row, plan.hadoop(), plan.settings().limits().maxBytes());
      }
    };
  }

  static ImageInput input(Row row, SerializableConfiguration hadoop, long maxBytes) {
    String path = row.getAs("path");
    byte[] content =
        row.schema().getFieldIndex("content").isDefined() ? row.getAs("content") : null;
    String label = row.getAs("label");
    return new ImageInput(
        row.getAs("image_id"),
        path,
        Optional.ofNullable(label),
        ImagesTable.boxes(row),
        Optional.ofNullable(row.getAs("mask")),
        content != null ? () -> content : () -> read(path, hadoop, maxBytes));
  }

  private static byte[] read(String path, SerializableConfiguration hadoop, long maxBytes)
      throws IOException, ImageException {
    if (path == null) {
      throw new IOException("The table's row has neither content nor a path to read it from.");
    }
    return HadoopFiles.read(path, hadoop.value(), maxBytes);
  }

  private void write(ImageOutcome outcome, PartWriter explained, PartWriter failed) {
    if (context.isInterrupted()) {
      throw new TaskKilledException("the task was stopped");
    }
    ListedFile file = files.remove(outcome.imageId());
    long start = System.nanoTime();
    images++;
    if (outcome instanceof ImageOutcome.Skipped skipped) {
      failed.write(FailuresTable.toRow(file, skipped));
      count(skipped);
      plan.counters().failed();
      ExecutorMetrics.current().failure(FailuresTable.stage(skipped), skipped.reason());
    } else {
      ImageOutcome.Explained image = (ImageOutcome.Explained) outcome;
      for (Explanation explanation : image.explanations()) {
        explained.write(ExplanationsTable.toRow(plan.run(), file, image, explanation));
        explanations++;
      }
      plan.counters().explained();
      ExecutorMetrics.current().add("images", 1);
    }
    writeNanos += System.nanoTime() - start;
  }

  private void count(ImageOutcome.Skipped skipped) {
    long logged = failures.values().stream().mapToLong(Long::longValue).sum();
    failures.merge(FailuresTable.stage(skipped) + ": " + skipped.reason(), 1L, Long::sum);
    if (logged < LOGGED_FAILURES) {
      LOG.warn(
          "{} failed ({}, {}): {}",
          Printable.of(skipped.imageId()),
          FailuresTable.stage(skipped),
          skipped.reason(),
          Printable.of(skipped.detail()));
    } else if (logged == LOGGED_FAILURES) {
      LOG.warn("More images of this task failed; the table failures names all.");
    }
  }
}
