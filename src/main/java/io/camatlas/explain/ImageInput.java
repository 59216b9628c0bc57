package io.camatlas.explain;

import io.camatlas.image.Box;
import io.camatlas.image.ImageDecoder;
import io.camatlas.image.ImageException;
import io.camatlas.image.RgbImage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * An image that waits to be explained.
 *
 * @param id names the image in all tables; unique within a run
 * @param path where it was read from
 * @param label what it is said to show
 * @param boxes where the labelled objects are, in pixels of the original image
 * @param mask path of a picture of the labelled objects, of the original's size: 0 is background
 * @param bytes reads the encoded file, or pixels that are decoded already
 */
public record ImageInput(
    String id,
    String path,
    Optional<String> label,
    List<Box> boxes,
    Optional<String> mask,
    ByteSource bytes) {

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
