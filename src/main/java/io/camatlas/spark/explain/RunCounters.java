package io.camatlas.spark.explain;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Images done so far, counted by the tasks and read by the driver while the job runs.
 *
 * <p>For progress only: a task that is run again counts again, so results are counted in the
 * tables.
 */
public final class RunCounters implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LongAccumulator explained;
  private final LongAccumulator failed;

  public RunCounters(SparkContext context) {
    this.explained = context.longAccumulator("images explained");
    this.failed = context.longAccumulator("images failed");
  }

  public void explained() {
    explained.add(1);
  }

  public void failed() {
    failed.add(1);
  }

  long images() {
    return explained.value() + failed.value();
  }

  long failures() {
    return failed.value();
  }
}
