package io.camatlas.explain;

import java.util.concurrent.atomic.LongAdder;

/** Takes the times of one {@link Explainer}; several threads may add at once. */
public final class PassClock {
  private final LongAdder read = new LongAdder();
  private final LongAdder decode = new LongAdder();
  private final LongAdder forward = new LongAdder();
  private final LongAdder backward = new LongAdder();
  private final LongAdder idle = new LongAdder();
  private final LongAdder passes = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private final LongAdder paddedRows = new LongAdder();

  void read(long startNanos) {
    read.add(System.nanoTime() - startNanos);
  }

  void decode(long startNanos) {
    decode.add(System.nanoTime() - startNanos);
  }

  void idle(long startNanos) {
    idle.add(System.nanoTime() - startNanos);
  }

  /** A pass of the network, {@code padded} of whose rows only filled the batch. */
  void forward(long startNanos, long allRows, long padded) {
    forward.add(System.nanoTime() - startNanos);
    passes.increment();
    rows.add(allRows);
    paddedRows.add(padded);
  }

  /**
   * A group of images of which the device's thread spent all but the forward passes on the rest.
   */
  void backward(long nanos) {
    backward.add(nanos);
  }

  long forwardNanos() {
    return forward.sum();
  }

  /** What has been taken so far. */
  public PassTimes times() {
    return new PassTimes(
        read.sum(),
        decode.sum(),
        forward.sum(),
        backward.sum(),
        idle.sum(),
        passes.sum(),
        rows.sum(),
        paddedRows.sum());
  }
}
