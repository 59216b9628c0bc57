package io.camatlas;

import org.junit.Assume;

/**
 * How much a test does: some of its cases at every build, all of them with {@code -Pnightly}. What
 * is left out at every build is more of the same, and clusters that hand out GPUs.
 */
public final class TestScale {
  /** Whether everything is run. */
  public static final boolean FULL = Boolean.getBoolean("camatlas.full");

  private TestScale() {}

  /** For {@link org.junit.jupiter.api.condition.EnabledIf}. */
  public static boolean isFull() {
    return FULL;
  }

  /** Skips the rest of a test of JUnit 4 at every build. */
  public static void onlyNightly() {
    Assume.assumeTrue("run with -Pnightly", FULL);
  }

  /** One of two sizes, or lists of cases. */
  public static <T> T of(T everyBuild, T nightly) {
    return FULL ? nightly : everyBuild;
  }
}
