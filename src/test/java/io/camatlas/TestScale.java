package io.camatlas;

/**
 * How much a test does: some of its cases at every build, all of them with {@code -Pnightly}. What
 * is left out at every build differs from what is run by more of the same only.
 */
public final class TestScale {
  /** Whether everything is run. */
  public static final boolean FULL = Boolean.getBoolean("camatlas.full");

  private TestScale() {}

  /** For {@link org.junit.jupiter.api.condition.EnabledIf}. */
  public static boolean isFull() {
    return FULL;
  }

  /** One of two sizes, or lists of cases. */
  public static <T> T of(T everyBuild, T nightly) {
    return FULL ? nightly : everyBuild;
  }
}
