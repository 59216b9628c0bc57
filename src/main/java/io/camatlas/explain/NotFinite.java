package io.camatlas.explain;

import java.util.Optional;

/** Which numbers that are not finite are among others. */
final class NotFinite {
  private NotFinite() {}

  /** NaN, infinity or both, as a message names them; empty if all numbers are finite. */
  static Optional<String> in(float[]... several) {
    boolean nan = false;
    boolean infinite = false;
    for (float[] values : several) {
      for (float value : values) {
        nan |= Float.isNaN(value);
        infinite |= Float.isInfinite(value);
      }
    }
    if (nan && infinite) {
      return Optional.of("NaN and infinity");
    }
    return nan ? Optional.of("NaN") : infinite ? Optional.of("infinity") : Optional.empty();
  }
}
