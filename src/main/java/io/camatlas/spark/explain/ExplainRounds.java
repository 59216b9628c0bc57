package io.camatlas.spark.explain;

import io.camatlas.spark.storage.LockLostException;
import io.camatlas.spark.storage.RunFolder;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.IntSupplier;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.sql.Row;
import scala.Function2;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Runs the tasks of a job and commits the parts of each task as soon as it succeeds.
 *
 * <p>Images that are files come as a stream of slices. They run in rounds. Each round is a Spark
 * job, and two rounds run at a time, so that tasks of the next round keep the executors busy while
 * the last tasks of a round finish. The driver holds the names of only two rounds of images.
 */
final class ExplainRounds {
  private static final int ROUNDS_AT_ONCE = 2;

  private final SparkContext spark;
  private final ExplainPlan plan;
  private final RunFolder folder;
  private final Optional<ResourceProfile> resources;
  private final String group = "camatlas-explain-" + UUID.randomUUID();
  private TaskReport total = TaskReport.NOTHING;

  ExplainRounds(
      SparkContext spark, ExplainPlan plan, RunFolder folder, Optional<ResourceProfile> resources) {
    this.spark = spark;
    this.plan = plan;
    this.folder = folder;
    this.resources = resources;
  }

  /** The sum of the reports of all committed tasks. */
  synchronized TaskReport total() {
    return total;
  }

  /**
   * Explains a stream of images.
   *
   * @param slices slices of rows of {@code ImagesTable.LISTING}
   * @param tasksARound tells the number of tasks of the next round, at least 1
   * @throws IOException if a part cannot be committed
   */
  void run(Slices slices, IntSupplier tasksARound) throws IOException {
    JavaSparkContext java = JavaSparkContext.fromSparkContext(spark);
    try (Commits commits = new Commits(slices)) {
      ExecutorService rounds = Executors.newFixedThreadPool(ROUNDS_AT_ONCE);
      Semaphore free = new Semaphore(ROUNDS_AT_ONCE);
      List<Future<?>> running = new ArrayList<>();
      try {
        for (int round = 1; ; round++) {
          free.acquire();
          failures(running, false);
          commits.check();
          List<List<Row>> next = slices.next(tasksARound.getAsInt());
          if (next.isEmpty()) {
            break;
          }
          long images = next.stream().mapToLong(List::size).sum();
          String what = "CamAtlas: explain " + images + " images, round " + round;
          JavaRDD<List<Row>> sliced = java.parallelize(next, next.size());
          JavaRDD<Row> rows = sliced.flatMap(List::iterator);
          running.add(
              rounds.submit(
                  () -> {
                    try {
                      submit(rows, what, commits);
                    } finally {
                      free.release();
                    }
                  }));
        }
        failures(running, true);
        commits.finish();
      } catch (InterruptedException e) {
        spark.cancelJobGroup(group);
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while explaining images", e);
      } catch (RuntimeException e) {
        spark.cancelJobGroup(group);
        throw commits.causeOf(e);
      } catch (IOException e) {
        spark.cancelJobGroup(group);
        throw commits.causeOf(e);
      } finally {
        rounds.shutdownNow();
      }
    }
  }

  /** Explains rows that contain their images, with the partitions they have. */
  void run(JavaRDD<Row> rows) throws IOException {
    Commits commits = new Commits(null);
    try (commits) {
      submit(rows, "CamAtlas: explain a table of images", commits);
      commits.finish();
    } catch (RuntimeException e) {
      throw commits.causeOf(e);
    } catch (IOException e) {
      throw commits.causeOf(e);
    } catch (Exception e) {
      // Spark throws checked exceptions that its methods do not declare.
      throw commits.causeOf(new ExplainStoppedException(e));
    }
  }

  private static void failures(List<Future<?>> running, boolean wait) throws InterruptedException {
    for (Iterator<Future<?>> rounds = running.iterator(); rounds.hasNext(); ) {
      Future<?> round = rounds.next();
      if (wait || round.isDone()) {
        rounds.remove();
        try {
          round.get();
        } catch (ExecutionException e) {
          throw new ExplainStoppedException(e.getCause());
        }
      }
    }
  }

  private void submit(JavaRDD<Row> rows, String what, Commits commits) {
    ExplainPlan sent = plan;
    JavaRDD<TaskReport> reports =
        rows.mapPartitions(images -> List.of(ExplainTask.run(images, sent)).iterator());
    if (resources.isPresent()) {
      reports = reports.withResources(resources.get());
    }
    spark.setJobGroup(group, what, false);
    spark.setJobDescription(what);
    spark.runJob(
        reports.rdd(),
        (Function2<TaskContext, scala.collection.Iterator<TaskReport>, TaskReport> & Serializable)
            (context, task) -> task.next(),
        (Function2<Object, TaskReport, BoxedUnit>)
            (partition, report) -> {
              commits.add(report);
              return BoxedUnit.UNIT;
            },
        ClassTag$.MODULE$.apply(TaskReport.class));
  }

  /**
   * Commits parts outside Spark's own threads. What was added while a commit waits for the file
   * system is committed together.
   */
  private final class Commits implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final BlockingQueue<TaskReport> added = new LinkedBlockingQueue<>();
    private final Slices slices;
    private volatile Exception failure;

    Commits(Slices slices) {
      this.slices = slices;
    }

    void add(TaskReport report) {
      added.add(report);
      thread.execute(this::commit);
    }

    private void commit() {
      List<TaskReport> reports = new ArrayList<>();
      added.drainTo(reports);
      if (failure != null || reports.isEmpty()) {
        return;
      }
      try {
        folder.commit(reports.stream().flatMap(report -> report.parts().stream()).toList());
        for (TaskReport report : reports) {
          if (slices != null) {
            slices.learn(report.images(), report.nanos() / 1e9);
          }
          synchronized (ExplainRounds.this) {
            total = total.plus(report);
          }
        }
      } catch (IOException | RuntimeException e) {
        failure = e;
        // What is explained from here on could not be kept.
        spark.cancelJobGroup(group);
      }
    }

    void check() throws IOException {
      if (failure != null) {
        throw stopped();
      }
    }

    /** Waits until all is committed. */
    void finish() throws IOException {
      close();
      check();
    }

    /** What stopped the run: what commits failed with, if they did, or else what was thrown. */
    <E extends Exception> E causeOf(E thrown) throws IOException {
      close();
      if (failure != null && thrown != failure && thrown.getCause() != failure) {
        IOException cause = stopped();
        cause.addSuppressed(thrown);
        throw cause;
      }
      return thrown;
    }

    private IOException stopped() {
      return failure instanceof LockLostException lost
          ? lost
          : new IOException(
              "a finished part could not be committed: " + failure.getMessage(), failure);
    }

    @Override
    public void close() {
      thread.shutdown();
      try {
        thread.awaitTermination(Long.MAX_VALUE, java.util.concurrent.TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
