package io.camatlas.spark.explain;

import io.camatlas.config.ExplainOptions;
import io.camatlas.explain.ImageInput;
import io.camatlas.explain.ImageOutcome;
import io.camatlas.explain.MarkedPixels;
import io.camatlas.explain.NamedImage;
import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import io.camatlas.image.Box;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.RgbImage;
import io.camatlas.model.ScoreOver;
import io.camatlas.spark.executor.ExecutorMetrics;
import io.camatlas.spark.executor.TaskExplainer;
import io.camatlas.spark.executor.TaskFailures;
import io.camatlas.spark.input.HadoopMasks;
import io.camatlas.spark.input.ImagesTable;
import io.camatlas.spark.input.ListedImage;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FailuresTable;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.PartWriter;
import io.camatlas.spark.storage.StagedPart;
import io.camatlas.truth.MarkedCells;
import io.camatlas.truth.Mask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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
  /** Held while an image that was in work when a process ended is explained. */
  private static final Object ALONE = new Object();

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
    try (ImageMarks marks = new ImageMarks(plan.marks(), context, plan.hadoop().value());
        TaskExplainer explainer = new TaskExplainer(plan.explainer(), context, this::archive);
        PartWriter explained =
            new PartWriter(plan.explanations(), new Path(plan.scratch(), "e" + name).toString());
        PartWriter failed =
            new PartWriter(plan.failures(), new Path(plan.scratch(), "f" + name).toString())) {
      Written written = new Written(explainer, marks, explained, failed);
      List<ListedImage> suspects = new ArrayList<>();
      written.all(explainer.explain(inputs(rows, marks, suspects)));
      for (ListedImage suspect : suspects) {
        written.alone(suspect);
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
          explainer.compared(),
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

  /** Writes outcomes as they come. */
  private final class Written {
    private final TaskExplainer explainer;
    private final ImageMarks marks;
    private final PartWriter explained;
    private final PartWriter failed;

    Written(TaskExplainer explainer, ImageMarks marks, PartWriter explained, PartWriter failed) {
      this.explainer = explainer;
      this.marks = marks;
      this.explained = explained;
      this.failed = failed;
    }

    void all(Iterator<ImageOutcome> outcomes) throws IOException {
      while (outcomes.hasNext()) {
        one(outcomes.next());
      }
    }

    private void one(ImageOutcome outcome) throws IOException {
      long before = System.nanoTime();
      write(outcome, explained, failed);
      marks.end(outcome.image().id());
      explainer.since(Phase.WRITE, before);
      report(explainer.times());
    }

    /**
     * Explains an image that was in work when a process ended, while this process explains no other
     * such image.
     */
    void alone(ListedImage image) throws IOException {
      ImageInput input = input(image);
      int ended = marks.ended(image.imageId());
      listed.put(image.imageId(), image.withoutContent());
      if (ended >= ImageMarks.MOST) {
        // Its marks stay until the run is complete: this outcome may still be lost with its task.
        write(quarantined(input.image(), ended), explained, failed);
        report(explainer.times());
        return;
      }
      synchronized (ALONE) {
        marks.begin(image.imageId());
        all(explainer.explain(List.of(input).iterator()));
      }
    }
  }

  private static ImageOutcome.Skipped quarantined(NamedImage image, int ended) {
    return new ImageOutcome.Skipped(
        image,
        ImageOutcome.Stage.EXPLAIN,
        "quarantined",
        "%d processes ended without a word while they worked on this image, so it was not tried again. Look at the file and at the executors' logs; set `retry-failures` to try it again."
            .formatted(ended));
  }

  /**
   * @param suspects receives the images that were in work when a process ended
   */
  private Iterator<ImageInput> inputs(
      Iterator<Row> rows, ImageMarks marks, List<ListedImage> suspects) {
    return new Iterator<>() {
      private ListedImage next;

      @Override
      public boolean hasNext() {
        while (next == null && rows.hasNext()) {
          ListedImage image = ImagesTable.fromRow(rows.next());
          if (marks.ended(image.imageId()) > 0) {
            suspects.add(image);
          } else {
            next = image;
          }
        }
        return next != null;
      }

      @Override
      public ImageInput next() {
        if (!hasNext()) {
          throw new NoSuchElementException("All images have been given.");
        }
        ListedImage image = next;
        next = null;
        try {
          marks.begin(image.imageId());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        listed.put(image.imageId(), image.withoutContent());
        return input(image);
      }
    };
  }

  private ImageInput input(ListedImage image) {
    SerializableConfiguration hadoop = plan.hadoop();
    long maxBytes = plan.settings().limits().maxBytes();
    String path = image.path();
    Long bytes = image.lengthOrNull();
    byte[] content = image.content();
    return new ImageInput(
        new NamedImage(image.imageId(), path, Optional.ofNullable(image.label())),
        content != null ? () -> content : new ListedFile(path, bytes, hadoop, maxBytes),
        marked(image, plan.settings().over(), hadoop));
  }

  private static MarkedPixels marked(
      ListedImage image, ScoreOver over, SerializableConfiguration hadoop) {
    List<Box> boxes = image.boxes();
    String mask = image.mask();
    if (over == ScoreOver.BOXES && boxes != null) {
      return (mapping, height, width) -> MarkedCells.ofBoxes(boxes, mapping, height, width);
    }
    if (over == ScoreOver.MASK && mask != null) {
      return (mapping, height, width) ->
          MarkedCells.ofMask(
              new Mask.Png(mask, Mask.Value255.OBJECT),
              new HadoopMasks(hadoop.value()),
              mapping,
              height,
              width);
    }
    return MarkedPixels.NONE;
  }

  /**
   * A file of the listing.
   *
   * @param bytes its length when it was listed; null if that is not known
   */
  private record ListedFile(
      String path, Long bytes, SerializableConfiguration hadoop, long maxBytes)
      implements ImageInput.ByteSource {
    @Override
    public byte[] read() throws IOException, ImageException {
      if (path == null) {
        throw new IOException("The table's row has neither content nor a path to read it from.");
      }
      return HadoopFiles.read(path, bytes, hadoop.value(), maxBytes);
    }

    @Override
    public RgbImage picture(byte[] file, ImageDecoder decoder) throws ImageException {
      try {
        return decoder.decode(file);
      } catch (ImageException damaged) {
        throw hasGrown(file) ? changed(damaged) : damaged;
      }
    }

    private boolean hasGrown(byte[] file) {
      try {
        return bytes != null && HadoopFiles.length(path, hadoop.value()) > file.length;
      } catch (IOException e) {
        return false;
      }
    }

    private ImageException changed(ImageException damaged) {
      return new ImageException(
          damaged.reason(),
          path
              + " is longer than when it was listed, so only its beginning was read. Start again"
              + " with the same command, which lists it anew.");
    }
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
      int kept = plan.explainer().given().get(ExplainOptions.PROBABILITIES);
      for (int i = 0; i < image.explanations().size(); i++) {
        explained.write(ExplanationsTable.toRow(plan.explainer().run(), file, image, i, kept));
        plan.counters().map(image.explanations().get(i).undetermined());
        explanations++;
      }
      plan.counters().explained();
      ExecutorMetrics.current().add("images", 1);
    }
  }
}
