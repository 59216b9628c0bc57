package io.camatlas.spark.results;

import io.camatlas.image.Box;
import java.util.List;

/**
 * What a row of explanations says of annotated objects.
 *
 * @param path of the image; may be null
 * @param label as given; may be null
 * @param width of the upright original
 * @param height of the upright original
 * @param inputWidth of the network's input
 * @param inputHeight of the network's input
 * @param view what the network saw, in pixels of the original
 * @param boxes of the manifest
 * @param mask of the manifest; may be null
 * @param candidates annotations of the image's bare name
 */
public record AnnotatedImage(
    String imageId,
    String path,
    String label,
    int width,
    int height,
    int inputWidth,
    int inputHeight,
    Box view,
    List<Box> boxes,
    String mask,
    List<Candidate> candidates) {
  /**
   * An annotation that may be an image's.
   *
   * @param key how it names the image
   * @param objects as whoever joined it wrote them
   */
  public record Candidate(String key, byte[] objects) {}
}
