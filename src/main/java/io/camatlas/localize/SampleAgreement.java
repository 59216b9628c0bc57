package io.camatlas.localize;

import java.util.Arrays;

/**
 * How similar the saliency maps of an image's single noise samples are.
 *
 * <p>Near one, noise does not change the explanation; near zero, the averaged map hides samples
 * that look at different things, and says little about any of them.
 */
public final class SampleAgreement {

  private SampleAgreement() {}

  /**
   * The mean Pearson correlation over all pairs of maps.
   *
   * <p>With each map centred and scaled to length one, its correlation with another is their inner
   * product, so the mean over all pairs follows from the sum of the n maps alone: {@code (|sum|² -
   * n) / (n (n - 1))}. Maps whose cells are all equal have no correlation and are left out.
   *
   * @param maps the maps one after another, {@code [samples,cells]}
   * @param samples number of maps
   * @param cells cells of one map, at least 1
   * @return a number in [-1,1], never below {@code -1/(n-1)} except by rounding; NaN if fewer than
   *     two maps are left
   * @throws IllegalArgumentException if the length is not {@code samples * cells}, or a value is
   *     not finite
   */
  public static double of(float[] maps, int samples, int cells) {
    if (samples < 0 || cells < 1 || maps.length != (long) samples * cells) {
      throw new IllegalArgumentException(
          "Maps have %d values; %d samples of %d cells need %d, and cells must be at least 1."
              .formatted(maps.length, samples, cells, (long) samples * cells));
    }
    double[] sum = new double[cells];
    double[] centred = new double[cells];
    int compared = 0;
    for (int sample = 0; sample < samples; sample++) {
      double length = centre(maps, sample * cells, centred);
      if (length > 0) {
        compared++;
        for (int i = 0; i < cells; i++) {
          sum[i] += centred[i] / length;
        }
      }
    }
    if (compared < 2) {
      return Double.NaN;
    }
    double squares = Arrays.stream(sum).map(s -> s * s).sum();
    double correlation = (squares - compared) / (compared * (compared - 1.0));
    return Math.max(-1, Math.min(1, correlation));
  }

  /** Subtracts the map's mean and returns the length of the rest; exactly zero if flat. */
  private static double centre(float[] maps, int start, double[] into) {
    double total = 0;
    boolean flat = true;
    for (int i = 0; i < into.length; i++) {
      float value = maps[start + i];
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "Map value at index %d (sample %d, cell %d) is %s; saliency must be finite."
                .formatted(start + i, start / into.length, i, value));
      }
      flat &= value == maps[start];
      total += value;
    }
    if (flat) {
      return 0;
    }
    double mean = total / into.length;
    double squares = 0;
    for (int i = 0; i < into.length; i++) {
      into[i] = maps[start + i] - mean;
      squares += into[i] * into[i];
    }
    return Math.sqrt(squares);
  }
}
