package io.camatlas.explain;

import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.RgbImage;
import java.io.IOException;

/**
 * An image to be explained.
 *
 * @param image its name and label
 * @param bytes reads the encoded file, or pixels that are already decoded
 * @param marked the pixels whose scores are read, where a network scores every pixel and only
 *     marked ones are wanted
 */
public record ImageInput(NamedImage image, ByteSource bytes, MarkedPixels marked) {
  /** An image of which no pixels are marked. */
  public ImageInput(NamedImage image, ByteSource bytes) {
    this(image, bytes, MarkedPixels.NONE);
  }

  /** Reads an image when it is needed. Noise derives from the hash of the bytes. */
  @FunctionalInterface
  public interface ByteSource {
    /** The whole file; throws ImageException if it is too large to be read. */
    byte[] read() throws IOException, ImageException;

    /**
     * Makes a picture from the bytes that {@link #read} returned; sources of anything but encoded
     * files override this.
     */
    default RgbImage picture(byte[] bytes, ImageDecoder decoder) throws ImageException {
      return decoder.decode(bytes);
    }
  }
}
