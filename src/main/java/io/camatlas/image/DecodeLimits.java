package io.camatlas.image;

import java.io.Serializable;

/**
 * Limits on a single file; checked before anything is decoded.
 *
 * @param maxPixels largest width times height, as the file's header states it; 1 to {@value
 *     #MOST_PIXELS}
 * @param maxBytes largest file, in bytes; at least 1
 */
public record DecodeLimits(long maxPixels, long maxBytes) implements Serializable {
  /** The most pixels, at three bytes each, that fit into one Java array. */
  public static final long MOST_PIXELS = 715_827_879;

  /** 100 million pixels and 256 MiB. */
  public static final DecodeLimits DEFAULT = new DecodeLimits(100_000_000, 256L << 20);

  public DecodeLimits {
    if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "max-pixels is %d; it must be from 1 to %d. The default is 100000000."
              .formatted(maxPixels, MOST_PIXELS));
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException(
          "max-bytes is %d; it must be at least 1. The default is 268435456.".formatted(maxBytes));
    }
  }
}
