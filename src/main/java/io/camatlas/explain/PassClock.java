package io.camatlas.explain;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Records the times of one {@link Explainer}; several threads may add at once. */
public final class PassClock {
  private final Map<Phase, LongAdder> nanos = new EnumMap<>(Phase.class);
  private final LongAdder passes = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private final LongAdder paddedRows = new LongAdder();
  private final LongAdder groups = new LongAdder();
  private final LongAdder reads = new LongAdder();

  /** Starts at zero. */
  public PassClock() {
    for (Phase phase : Phase.values()) {
      nanos.put(phase, new LongAdder());
    }
  }

  /** Adds the time since a value of {@link System#nanoTime}. */
  public void since(Phase phase, long startNanos) {
    add(phase, System.nanoTime() - startNanos);
  }

  void add(Phase phase, long time) {
    nanos.get(phase).add(time);
  }

  long nanos(Phase phase) {
    return nanos.get(phase).sum();
  }

  /** Adds a pass of the network, of whose rows {@code padded} were padding. */
  void pass(long startNanos, long allRows, long padded) {
    since(Phase.FORWARD, startNanos);
    passes.increment();
    rows.add(allRows);
    paddedRows.add(padded);
  }

  /** Adds a group of images. */
  void group() {
    groups.increment();
  }

  /** Adds a time that results were read from the device. */
  void read() {
    reads.increment();
  }

  /** The times recorded so far. */
  public PassTimes times() {
    Map<Phase, Long> taken = new EnumMap<>(Phase.class);
    nanos.forEach((phase, sum) -> taken.put(phase, sum.sum()));
    return new PassTimes(
        taken, passes.sum(), rows.sum(), paddedRows.sum(), groups.sum(), reads.sum());
  }
}
