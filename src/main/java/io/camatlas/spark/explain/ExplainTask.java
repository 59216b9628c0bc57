package io.camatlas.spark.explain;

import io.camatlas.explain.Explanation;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.NamedImage;
import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import io.camatlas.image.ImageException;
import io.camatlas.spark.executor.ExecutorMetrics;
import io.camatlas.spark.executor.TaskExplainer;
import io.camatlas.spark.executor.TaskFailures;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.ListedImage;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
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
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * One task: explains a slice of the images and writes a part of each table, which the driver then
 * commits. Output of a task that fails, is killed or is a slower duplicate never becomes visible.
 */
public final class ExplainTask {
  private final TaskContext context;
  private final ExplainPlan plan;
  private final Map<String, ListedImage> listed = new HashMap<>();
  private final TaskFailures failures = new TaskFailures("the table failures");
  private long images;
  private long explanations;
  private long networks;
  private PassTimes reported = PassTimes.ZERO;

  private ExplainTask(TaskContext context, ExplainPlan plan) {
    this.context = context;
    this.plan = plan;
  }

  /**
   * Runs a task.
   *
   * @param rows rows of {@link ImagesTable#SCHEMA} or {@link ImagesTable#LISTING}
   */
  static TaskReport run(Iterator<Row> rows, ExplainPlan plan) throws IOException {
    return rows.hasNext()
        ? new ExplainTask(TaskContext.get(), plan).explain(rows)
        : TaskReport.NOTHING;
  }

  private TaskReport explain(Iterator<Row> rows) throws IOException {
    long start = System.nanoTime();
    String name = "-" + context.stageId() + "-" + context.taskAttemptId() + ".parquet";
    try (TaskExplainer explainer = new TaskExplainer(plan.explainer(), context, this::archive);
        PartWriter explained =
            new PartWriter(plan.explanations(), new Path(plan.scratch(), "e" + name).toString());
        PartWriter failed =
            new PartWriter(plan.failures(), new Path(plan.scratch(), "f" + name).toString())) {
      Iterator<ImageOutcome> outcomes = explainer.explain(inputs(rows));
      while (outcomes.hasNext()) {
        ImageOutcome outcome = outcomes.next();
        long before = System.nanoTime();
        write(outcome, explained, failed);
        explainer.since(Phase.WRITE, before);
        report(explainer.times());
      }
      List<StagedPart> parts = new ArrayList<>();
      long before = System.nanoTime();
      explained.finish().ifPresent(parts::add);
      failed.finish().ifPresent(parts::add);
      explainer.since(Phase.WRITE, before);
      return new TaskReport(
          parts,
          images,
          explanations,
          failures.counts(),
          networks,
          System.nanoTime() - start,
          explainer.times());
    }
  }

  private java.nio.file.Path archive() {
    networks++;
    return plan.archive();
  }

  /** Reports to Spark what was done since the last report. */
  private void report(PassTimes now) {
    PassTimes done = now.minus(reported);
    plan.counters().add(done);
    ExecutorMetrics.current().add(done);
    reported = now;
  }

  private Iterator<ImageInput> inputs(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public ImageInput next() {
        ListedImage image = ImagesTable.fromRow(rows.next());
        listed.put(image.imageId(), image.withoutContent());
        return input(image, plan.hadoop(), plan.settings().limits().maxBytes());
      }
    };
  }

  private static ImageInput input(
      ListedImage image, SerializableConfiguration hadoop, long maxBytes) {
    String path = image.path();
    byte[] content = image.content();
    return new ImageInput(
        new NamedImage(image.imageId(), path, Optional.ofNullable(image.label())),
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
    ListedImage file = listed.remove(outcome.image().id());
    images++;
    if (outcome instanceof ImageOutcome.Skipped skipped) {
      failed.write(FailuresTable.toRow(file, skipped));
      failures.add(skipped);
      plan.counters().failed();
    } else {
      ImageOutcome.Explained image = (ImageOutcome.Explained) outcome;
      for (Explanation explanation : image.explanations()) {
        explained.write(ExplanationsTable.toRow(plan.explainer().run(), file, image, explanation));
        plan.counters().map(explanation.undetermined());
        explanations++;
      }
      plan.counters().explained();
      ExecutorMetrics.current().add("images", 1);
    }
  }
}
