package io.camatlas.explain;

import java.util.Locale;

/** The phases that explaining spends time on. */
public enum Phase {
  /** Reading encoded images. */
  READ,
  /** Decoding and transforming them. */
  DECODE,
  /** Running the network. */
  FORWARD,
  /** Everything else on the device: gradients, rules, reading maps. */
  BACKWARD,
  /** Time that the device's thread waits for decoded images. */
  IDLE,
  /** Writing tables. */
  WRITE;

  /** The phase's name in metrics and reports. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
