package io.camatlas.explain;

import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.RgbImage;
import java.io.IOException;

/**
 * An image that waits to be explained.
 *
 * @param image which one
 * @param bytes reads the encoded file, or pixels that are decoded already
 */
public record ImageInput(NamedImage image, ByteSource bytes) {

  /** Reads an image when it is needed. Noise derives from the hash of the bytes. */
  @FunctionalInterface
  public interface ByteSource {
    /** The whole file, or an ImageException where it is too large to be read. */
    byte[] read() throws IOException, ImageException;

    /**
     * Makes a picture of what {@link #read} gave; a source of something else than encoded files
     * says how.
     */
    default RgbImage picture(byte[] bytes, ImageDecoder decoder) throws ImageException {
      return decoder.decode(bytes);
    }
  }
}
