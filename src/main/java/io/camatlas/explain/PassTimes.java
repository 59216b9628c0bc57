package io.camatlas.explain;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;

/**
 * What explaining took, and how much went through the device.
 *
 * <p>Reading and decoding may run on several threads beside the device, so the times need not add
 * up. On a GPU a pass returns before it is done; its time then shows where results are read.
 *
 * @param nanoseconds by phase
 * @param passes of the network
 * @param rows of all passes
 * @param paddedRows rows that only filled a batch
 */
public record PassTimes(Map<Phase, Long> nanoseconds, long passes, long rows, long paddedRows)
    implements Serializable {
  /** The neutral element of {@link #plus}. */
  public static final PassTimes ZERO = new PassTimes(Map.of(), 0, 0, 0);

  /** Takes the given phases; the others took no time. */
  public PassTimes {
    Map<Phase, Long> all = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      all.put(phase, nanoseconds.getOrDefault(phase, 0L));
    }
    nanoseconds = all;
  }

  /** Nanoseconds that a phase took. */
  public long nanos(Phase phase) {
    return nanoseconds.get(phase);
  }

  /** Both together. */
  public PassTimes plus(PassTimes other) {
    return with(other, 1);
  }

  /** What was added since an earlier moment. */
  public PassTimes minus(PassTimes earlier) {
    return with(earlier, -1);
  }

  private PassTimes with(PassTimes other, int sign) {
    Map<Phase, Long> sums = new EnumMap<>(Phase.class);
    nanoseconds.forEach((phase, nanos) -> sums.put(phase, nanos + sign * other.nanos(phase)));
    return new PassTimes(
        sums,
        passes + sign * other.passes,
        rows + sign * other.rows,
        paddedRows + sign * other.paddedRows);
  }

  /** Share of the device's time that it waited for images; 0 to 1. */
  public double idleShare() {
    return idleShare(
        (double) nanos(Phase.IDLE), (double) nanos(Phase.FORWARD), (double) nanos(Phase.BACKWARD));
  }

  /** The same share, of times in any unit. */
  public static double idleShare(double idle, double forward, double backward) {
    double all = idle + forward + backward;
    return all == 0 ? 0 : idle / all;
  }
}
