package io.camatlas.cam;

import java.io.Serializable;

/**
 * Which noisy copies of an image the derivatives are averaged over.
 *
 * @param samples n, copies of each image; 0 means the clean image alone, once
 * @param sigma standard deviation of the noise, not negative, in units of {@code scale}
 * @param scale what sigma is a multiple of
 * @param seed of the whole run; an image's noise depends on it, on the image's bytes and on the
 *     sample's number, and on nothing else
 */
public record NoisePlan(int samples, double sigma, NoiseScale scale, long seed)
    implements Serializable {
  /** The clean image alone. */
  public static final NoisePlan NONE = new NoisePlan(0, 0.15, NoiseScale.RANGE, 0);

  /** The most samples that a run may ask for. */
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

  /** Whether derivatives come from noisy copies rather than from the clean image. */
  public boolean isNoisy() {
    return samples > 0;
  }
}
