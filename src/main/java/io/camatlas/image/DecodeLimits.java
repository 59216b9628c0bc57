package io.camatlas.image;

import java.io.Serializable;

/**
 * The largest images that are decoded.
 *
 * @param maxPixels width times height, checked in the header before anything is decoded
 * @param maxBytes of the encoded file
 */
public record DecodeLimits(long maxPixels, long maxBytes) implements Serializable {
  /** 100 million pixels and 256 MiB. */
  public static final DecodeLimits DEFAULT = new DecodeLimits(100_000_000L, 256L << 20);

  /** The decoder counts pixels by 32 bits. */
  static final long MOST_PIXELS = 700_000_000L;

  public DecodeLimits {
    if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "max-pixels is " + maxPixels + "; it must be from 1 to " + MOST_PIXELS + ".");
    }
    if (maxBytes < 1 || maxBytes > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException(
          "max-bytes is " + maxBytes + "; it must be from 1 to " + (Integer.MAX_VALUE - 16) + ".");
    }
  }
}
