package io.camatlas.explain;

import io.camatlas.image.PictureTraits;
import io.camatlas.image.PixelMapping;

/**
 * What is known about an image once it is decoded.
 *
 * @param sha256 of the bytes that were read, in hexadecimal
 * @param mapping from the network's input to the upright original
 * @param traits of the upright original
 */
public record DecodedImage(String sha256, PixelMapping mapping, PictureTraits traits) {
  /**
   * The hash's first eight bytes: identical files get identical noise, wherever they are stored.
   */
  long noiseKey() {
    return Long.parseUnsignedLong(sha256.substring(0, 16), 16);
  }
}
