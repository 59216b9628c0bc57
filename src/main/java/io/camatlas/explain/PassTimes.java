package io.camatlas.explain;

import java.io.Serializable;

/**
 * What explaining took, in nanoseconds, and how much went through the device.
 *
 * <p>Reading and decoding may run on several threads beside the device, so the times need not add
 * up. On a GPU a pass returns before it is done; its time then shows where results are read.
 *
 * @param readNanos reading encoded images
 * @param decodeNanos decoding and transforming them
 * @param forwardNanos running the network
 * @param backwardNanos everything else on the device: gradients, rules, reading maps
 * @param idleNanos time that the device's thread waited for decoded images
 * @param passes of the network
 * @param rows of all passes
 * @param paddedRows rows that only filled a batch
 */
public record PassTimes(
    long readNanos,
    long decodeNanos,
    long forwardNanos,
    long backwardNanos,
    long idleNanos,
    long passes,
    long rows,
    long paddedRows)
    implements Serializable {
  /** The neutral element of {@link #plus}. */
  public static final PassTimes ZERO = new PassTimes(0, 0, 0, 0, 0, 0, 0, 0);

  /** Both together. */
  public PassTimes plus(PassTimes other) {
    return new PassTimes(
        readNanos + other.readNanos,
        decodeNanos + other.decodeNanos,
        forwardNanos + other.forwardNanos,
        backwardNanos + other.backwardNanos,
        idleNanos + other.idleNanos,
        passes + other.passes,
        rows + other.rows,
        paddedRows + other.paddedRows);
  }

  /** Share of the device's time that it waited for images; 0 to 1. */
  public double idleShare() {
    double all = (double) idleNanos + forwardNanos + backwardNanos;
    return all == 0 ? 0 : idleNanos / all;
  }
}
