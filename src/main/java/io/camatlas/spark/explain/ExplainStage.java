package io.camatlas.spark.explain;

import io.camatlas.cam.NoisePlan;
import io.camatlas.cam.NoisePool;
import io.camatlas.explain.Explainer;
import io.camatlas.explain.Explanation;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.model.Network;
import io.camatlas.model.NetworkPool;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.storage.HadoopFiles;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Explains a table of images: each row of the result holds an explanation or a failure.
 *
 * <p>Lazy, as every stage is; reading the result twice runs the network twice.
 */
public final class ExplainStage {
  /** One column holds a row of {@code explanations}, the other one of {@code failures}. */
  static final StructType OUTCOME =
      new StructType()
          .add("explanation", ExplanationsTable.SCHEMA, true)
          .add("failure", FailuresTable.SCHEMA, true);

  private ExplainStage() {}

  static Dataset<Row> apply(
      Dataset<Row> images,
      ExplainPlan plan,
      SerializableConfiguration hadoop,
      RunCounters counters) {
    MapPartitionsFunction<Row, Row> task = rows -> task(rows, plan, hadoop, counters);
    return images.mapPartitions(task, Encoders.row(OUTCOME));
  }

  private static Iterator<Row> task(
      Iterator<Row> rows,
      ExplainPlan plan,
      SerializableConfiguration hadoop,
      RunCounters counters) {
    if (!rows.hasNext()) {
      return rows;
    }
    TaskContext context = TaskContext.get();
    Network.prepareThread(context.cpus());
    NetworkPool.Lease lease =
        NetworkPool.acquire(
            plan.archive(),
            plan.device().device(gpuAddress(context)),
            () -> HadoopFiles.copyToLocal(plan.archive(), hadoop.value()));
    TaskCompletionListener release = ended -> lease.close();
    context.addTaskCompletionListener(release);
    NoisePlan noise = plan.settings().method().noise();
    NoisePool pool =
        noise.isNoisy() ? lease.noise(noise.seed(), plan.probe().input().elements()) : null;
    Explainer explainer =
        new Explainer(lease.network(), plan.probe(), plan.card(), plan.settings(), pool);
    long maxBytes = plan.settings().limits().maxBytes();
    Iterator<ImageInput> inputs =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return rows.hasNext();
          }

          @Override
          public ImageInput next() {
            return input(rows.next(), hadoop, maxBytes);
          }
        };
    return new OutcomeRows(explainer.explain(inputs), plan.run(), counters);
  }

  /** The GPU that Spark's resource scheduling gave to the task, or the first. */
  public static int gpuAddress(TaskContext context) {
    ResourceInformation gpu = context.resourcesJMap().get("gpu");
    return gpu == null || gpu.addresses().length == 0 ? 0 : Integer.parseInt(gpu.addresses()[0]);
  }

  static ImageInput input(Row row, SerializableConfiguration hadoop, long maxBytes) {
    String path = row.getAs("path");
    byte[] content = row.getAs("content");
    String label = row.getAs("label");
    return new ImageInput(
        row.getAs("image_id"),
        path,
        Optional.ofNullable(label),
        ImagesTable.boxes(row),
        Optional.ofNullable(row.getAs("mask")),
        content != null ? () -> content : () -> HadoopFiles.read(path, hadoop.value(), maxBytes));
  }

  /** Flattens outcomes into rows and counts them. */
  private static final class OutcomeRows implements Iterator<Row> {
    private final Iterator<ImageOutcome> outcomes;
    private final ExplanationsTable.Run run;
    private final RunCounters counters;
    private List<Row> ready = new ArrayList<>();
    private int next;

    OutcomeRows(Iterator<ImageOutcome> outcomes, ExplanationsTable.Run run, RunCounters counters) {
      this.outcomes = outcomes;
      this.run = run;
      this.counters = counters;
    }

    @Override
    public boolean hasNext() {
      while (next == ready.size() && outcomes.hasNext()) {
        ready = rows(outcomes.next());
        next = 0;
      }
      return next < ready.size();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("The partition has no more outcomes.");
      }
      return ready.get(next++);
    }

    private List<Row> rows(ImageOutcome outcome) {
      if (outcome instanceof ImageOutcome.Skipped skipped) {
        counters.failed();
        return List.of(RowFactory.create(null, FailuresTable.toRow(skipped)));
      }
      counters.explained();
      ImageOutcome.Explained explained = (ImageOutcome.Explained) outcome;
      List<Row> rows = new ArrayList<>();
      for (Explanation explanation : explained.explanations()) {
        rows.add(RowFactory.create(ExplanationsTable.toRow(run, explained, explanation), null));
      }
      return rows;
    }
  }
}
