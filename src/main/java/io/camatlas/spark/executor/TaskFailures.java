package io.camatlas.spark.executor;

import io.camatlas.explain.ImageOutcome;
import io.camatlas.spark.Printable;
import io.camatlas.spark.results.FailuresTable;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The failures of one task: counts them all and logs the first few. Not thread-safe. */
public final class TaskFailures {
  private static final Logger LOG = LoggerFactory.getLogger(TaskFailures.class);
  private static final int LOGGED = 20;

  private final String where;
  private final Map<String, Long> counts = new TreeMap<>();
  private long seen;

  /**
   * @param where where all failures can be found, for the log
   */
  public TaskFailures(String where) {
    this.where = where;
  }

  /** Number of failures by stage and reason. */
  public Map<String, Long> counts() {
    return counts;
  }

  public void add(ImageOutcome.Skipped skipped) {
    String stage = FailuresTable.stage(skipped);
    counts.merge(stage + ": " + skipped.reason(), 1L, Long::sum);
    ExecutorMetrics.current().failure(stage, skipped.reason());
    if (seen < LOGGED) {
      LOG.warn(
          "{} failed ({}, {}): {}",
          Printable.of(skipped.image().id()),
          stage,
          skipped.reason(),
          Printable.of(skipped.detail()));
    } else if (seen == LOGGED) {
      LOG.warn("More images of this task failed; see {} for all of them.", where);
    }
    seen++;
  }
}
