package io.camatlas.explain;

/** The largest of many numbers, without sorting them all. */
final class LargestFirst {
  private LargestFirst() {}

  /**
   * Indices of the largest numbers, the largest first; on ties, the lower index first. NaN counts
   * as larger than any number.
   *
   * @param most how many at most
   */
  static int[] of(float[] numbers, int most) {
    int[] best = new int[Math.min(most, numbers.length)];
    int found = 0;
    for (int i = 0; i < numbers.length; i++) {
      if (found == best.length
          && (found == 0 || Float.compare(numbers[i], numbers[best[found - 1]]) <= 0)) {
        continue;
      }
      int at = found < best.length ? found++ : found - 1;
      for (; at > 0 && Float.compare(numbers[i], numbers[best[at - 1]]) > 0; at--) {
        best[at] = best[at - 1];
      }
      best[at] = i;
    }
    return best;
  }
}
