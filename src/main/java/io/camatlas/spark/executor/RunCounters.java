package io.camatlas.spark.executor;

import io.camatlas.explain.PassTimes;
import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Images done so far and the time they took, counted by the tasks, for Spark's UI and for progress
 * while the job runs.
 *
 * <p>For progress only: a task that is run again counts again, so results are counted in the
 * tables.
 */
public final class RunCounters implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LongAccumulator explained;
  private final LongAccumulator failed;
  private final LongAccumulator passes;
  private final LongAccumulator readMicros;
  private final LongAccumulator decodeMicros;
  private final LongAccumulator forwardMicros;
  private final LongAccumulator backwardMicros;
  private final LongAccumulator idleMicros;
  private final LongAccumulator writeMicros;

  public RunCounters(SparkContext context) {
    this.explained = context.longAccumulator("images explained");
    this.failed = context.longAccumulator("images failed");
    this.passes = context.longAccumulator("batches");
    this.readMicros = context.longAccumulator("read, µs");
    this.decodeMicros = context.longAccumulator("decode, µs");
    this.forwardMicros = context.longAccumulator("forward, µs");
    this.backwardMicros = context.longAccumulator("backward, µs");
    this.idleMicros = context.longAccumulator("device idle, µs");
    this.writeMicros = context.longAccumulator("write, µs");
  }

  public void explained() {
    explained.add(1);
  }

  public void failed() {
    failed.add(1);
  }

  /** What a task did between two moments. */
  public void add(PassTimes before, PassTimes now, long writeNanos) {
    passes.add(now.passes() - before.passes());
    readMicros.add((now.readNanos() - before.readNanos()) / 1000);
    decodeMicros.add((now.decodeNanos() - before.decodeNanos()) / 1000);
    forwardMicros.add((now.forwardNanos() - before.forwardNanos()) / 1000);
    backwardMicros.add((now.backwardNanos() - before.backwardNanos()) / 1000);
    idleMicros.add((now.idleNanos() - before.idleNanos()) / 1000);
    writeMicros.add(writeNanos / 1000);
  }

  long images() {
    return explained.value() + failed.value();
  }

  long failures() {
    return failed.value();
  }
}
