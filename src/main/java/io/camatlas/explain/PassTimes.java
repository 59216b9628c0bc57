package io.camatlas.explain;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long explaining took, and how many passes and rows the device processed.
 *
 * <p>Reading and decoding may run on several threads in parallel to the device, so the times need
 * not add up. On a GPU a pass returns before it is finished; its time is then counted where results
 * are read.
 *
 * @param nanoseconds by phase
 * @param passes number of passes of the network
 * @param rows rows in all passes
 * @param paddedRows rows that were padding
 * @param groups groups of images that were explained together
 * @param reads how often results were read, for which a GPU finishes all its work
 */
public record PassTimes(
    Map<Phase, Long> nanoseconds, long passes, long rows, long paddedRows, long groups, long reads)
    implements Serializable {
  /** The neutral element of {@link #plus}. */
  public static final PassTimes ZERO = new PassTimes(Map.of(), 0, 0, 0, 0, 0);

  /** Phases that are not given took no time. */
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

  /** The sum of both. */
  public PassTimes plus(PassTimes other) {
    return with(other, 1);
  }

  /** The difference from an earlier state. */
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
        paddedRows + sign * other.paddedRows,
        groups + sign * other.groups,
        reads + sign * other.reads);
  }

  /** Share of the time that the device waited for images; 0 to 1. */
  public double idleShare() {
    return idleShare(
        (double) nanos(Phase.IDLE), (double) nanos(Phase.FORWARD), (double) nanos(Phase.BACKWARD));
  }

  /** The same share, from times in any unit. */
  public static double idleShare(double idle, double forward, double backward) {
    double all = idle + forward + backward;
    return all == 0 ? 0 : idle / all;
  }
}
