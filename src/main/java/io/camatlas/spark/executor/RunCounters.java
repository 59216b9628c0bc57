package io.camatlas.spark.executor;

import io.camatlas.explain.Explanation;
import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import java.io.Serializable;
import java.util.EnumMap;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Images done so far and the time they took, counted by the tasks for Spark's UI and for progress
 * messages.
 *
 * <p>For progress only: a task that is retried counts twice, so final numbers are counted in the
 * tables.
 */
public final class RunCounters implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LongAccumulator explained;
  private final LongAccumulator failed;
  private final LongAccumulator maps;
  private final LongAccumulator undetermined;
  private final LongAccumulator passes;
  private final EnumMap<Phase, LongAccumulator> micros = new EnumMap<>(Phase.class);

  public RunCounters(SparkContext context) {
    this.explained = context.longAccumulator("images explained");
    this.failed = context.longAccumulator("images failed");
    this.maps = context.longAccumulator("maps");
    this.undetermined = context.longAccumulator("maps that rounding decides");
    this.passes = context.longAccumulator("batches");
    for (Phase phase : Phase.values()) {
      String name = phase == Phase.IDLE ? "device idle" : phase.toString();
      micros.put(phase, context.longAccumulator(name + ", µs"));
    }
  }

  public void explained() {
    explained.add(1);
  }

  /** Counts a map, of which rounding decides a share. */
  public void map(double undetermined) {
    maps.add(1);
    if (undetermined > Explanation.UNDETERMINED) {
      this.undetermined.add(1);
    }
  }

  public void failed() {
    failed.add(1);
  }

  /** Adds what a task did between two moments. */
  public void add(PassTimes done) {
    passes.add(done.passes());
    micros.forEach((phase, sum) -> sum.add(done.nanos(phase) / 1000));
  }

  long images() {
    return explained.value() + failed.value();
  }

  long maps() {
    return maps.value();
  }

  long undetermined() {
    return undetermined.value();
  }

  long failures() {
    return failed.value();
  }
}
