package io.camatlas.spark.executor;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.camatlas.explain.PassTimes;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * What this executor has done since it started, for Spark's metrics system (JMX, Prometheus,
 * Graphite and whatever else {@code metrics.properties} names), as the source {@code camatlas}.
 *
 * <p>Counters: {@code images}, {@code failures.STAGE.REASON}, {@code batches}, {@code networks},
 * and times {@code read_microseconds}, likewise decode, forward, backward, idle and write. Gauge:
 * {@code device_idle_share}, the share of the device's time that it waited for images.
 */
public final class ExecutorMetrics implements Source {
  private static ExecutorMetrics current;
  private static SparkEnv registeredWith;

  private final MetricRegistry registry = new MetricRegistry();

  private ExecutorMetrics() {
    registry.register("device_idle_share", (Gauge<Double>) this::idleShare);
  }

  /** That of this JVM, known to its Spark. */
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

  /** An image that failed. */
  void failure(String stage, String reason) {
    add(MetricRegistry.name("failures", stage, reason.replace(' ', '_')), 1);
  }

  /** What a task did between two moments. */
  public void add(PassTimes before, PassTimes now, long writeNanos) {
    add("batches", now.passes() - before.passes());
    time("read", now.readNanos() - before.readNanos());
    time("decode", now.decodeNanos() - before.decodeNanos());
    time("forward", now.forwardNanos() - before.forwardNanos());
    time("backward", now.backwardNanos() - before.backwardNanos());
    time("idle", now.idleNanos() - before.idleNanos());
    time("write", writeNanos);
  }

  /** Time, kept in microseconds so that short times add up. */
  private void time(String what, long nanos) {
    add(what + "_microseconds", TimeUnit.NANOSECONDS.toMicros(nanos));
  }

  private double idleShare() {
    double idle = registry.counter("idle_microseconds").getCount();
    double busy =
        registry.counter("forward_microseconds").getCount()
            + registry.counter("backward_microseconds").getCount();
    return idle + busy == 0 ? 0 : idle / (idle + busy);
  }
}
