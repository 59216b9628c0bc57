package io.camatlas.spark.executor;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.camatlas.explain.PassTimes;
import io.camatlas.explain.Phase;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * What this executor has done since it started. Reported to Spark's metrics system as the source
 * {@code camatlas}, for JMX, Prometheus, Graphite and other sinks in {@code metrics.properties}.
 *
 * <p>Counters: {@code images}, {@code failures.STAGE.REASON}, {@code batches}, {@code networks},
 * and a time for each {@link Phase}, such as {@code read_microseconds}. Gauge: {@code
 * device_idle_share}, the share of time that the device waited for images.
 */
public final class ExecutorMetrics implements Source {
  private static ExecutorMetrics current;
  private static SparkEnv registeredWith;

  private final MetricRegistry registry = new MetricRegistry();

  private ExecutorMetrics() {
    registry.register("device_idle_share", (Gauge<Double>) this::idleShare);
  }

  /** The metrics of this JVM, registered with its Spark. */
  public static synchronized ExecutorMetrics current() {
    SparkEnv env = SparkEnv.get();
    if (current == null || registeredWith != env) {
      current = new ExecutorMetrics();
      registeredWith = env;
      env.metricsSystem().registerSource(current);
    }
    return current;
  }

  @Override
  public String sourceName() {
    return "camatlas";
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  public void add(String counter, long n) {
    registry.counter(counter).inc(n);
  }

  /** Counts an image that failed. */
  void failure(String stage, String reason) {
    add(MetricRegistry.name("failures", stage, reason.replace(' ', '_')), 1);
  }

  /**
   * Adds what a task did between two moments; times are in microseconds, so that short ones add up.
   */
  public void add(PassTimes done) {
    add("batches", done.passes());
    for (Phase phase : Phase.values()) {
      add(microseconds(phase), TimeUnit.NANOSECONDS.toMicros(done.nanos(phase)));
    }
  }

  private static String microseconds(Phase phase) {
    return phase + "_microseconds";
  }

  private double idleShare() {
    return PassTimes.idleShare(taken(Phase.IDLE), taken(Phase.FORWARD), taken(Phase.BACKWARD));
  }

  private double taken(Phase phase) {
    return registry.counter(microseconds(phase)).getCount();
  }
}
