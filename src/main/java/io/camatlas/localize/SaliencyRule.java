package io.camatlas.localize;

/** The rules that an array must meet to be measured as a saliency map. */
public final class SaliencyRule {

  private SaliencyRule() {}

  /**
   * Checks that a map has the size it claims and holds finite, non-negative values.
   *
   * @throws IllegalArgumentException naming the value, its place and the rule
   */
  public static void require(float[] map, int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Map is [%d,%d]; height and width must be at least 1.".formatted(height, width));
    }
    if (map.length != (long) height * width) {
      throw new IllegalArgumentException(
          "Map has %d values; [%d,%d] needs %d."
              .formatted(map.length, height, width, (long) height * width));
    }
    for (int i = 0; i < map.length; i++) {
      float value = map[i];
      if (!(value >= 0 && value <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "Map value at index %d (row %d, column %d) is %s; saliency must be finite and at least 0."
                .formatted(i, i / width, i % width, value));
      }
    }
  }
}
