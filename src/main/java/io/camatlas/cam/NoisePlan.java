package io.camatlas.cam;

import java.io.Serializable;
import java.util.Locale;
import java.util.Map;

/**
 * The noisy copies of an image that the derivatives are averaged over.
 *
 * @param samples n, copies of each image; 0 means the clean image alone, once
 * @param sigma standard deviation of the noise, not negative, in units of {@code scale}
 * @param scale what sigma is a multiple of
 * @param seed of the whole run; an image's noise depends only on it, the image's bytes and the
 *     sample's number
 */
public record NoisePlan(int samples, double sigma, NoiseScale scale, long seed)
    implements Serializable {
  /** The clean image alone. */
  public static final NoisePlan NONE = new NoisePlan(0, 0.15, NoiseScale.RANGE, 0);

  /** The largest number of samples that a run may use. */
  public static final int MAX_SAMPLES = 10_000;

  public NoisePlan {
    if (samples < 0 || samples > MAX_SAMPLES) {
      throw new IllegalArgumentException(
          "samples is " + samples + "; it must be from 0 (no noise) to " + MAX_SAMPLES + ".");
    }
    if (!(sigma >= 0) || Double.isInfinite(sigma)) {
      throw new IllegalArgumentException(
          "sigma is " + sigma + "; it must be finite and at least 0.");
    }
  }

  /** Whether derivatives are taken from noisy copies rather than from the clean image. */
  public boolean isNoisy() {
    return samples > 0;
  }

  /** The numbers by the names that the settings use. */
  Map<String, String> parameters() {
    return Map.of(
        "samples", String.valueOf(samples),
        "sigma", String.valueOf(sigma),
        "noise-scale", scale.name().toLowerCase(Locale.ROOT),
        "seed", String.valueOf(seed));
  }
}
