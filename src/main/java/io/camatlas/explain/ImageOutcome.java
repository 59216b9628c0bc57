package io.camatlas.explain;

import io.camatlas.image.Box;
import java.util.List;
import java.util.Optional;

/** What became of one image: explanations, or a reason why there are none. */
public sealed interface ImageOutcome {

  /** The image's name in all tables. */
  String imageId();

  /**
   * An image with its explanations.
   *
   * @param sha256 of the bytes that were read, in hexadecimal
   * @param width of the upright original, in pixels
   * @param height of the upright original, in pixels
   * @param boxes where the labelled objects are, as given, in pixels of the original
   * @param mask picture of the labelled objects, as given
   * @param view what the network saw, in pixels of the original; its edges lie outside the picture
   *     where the crop is padded
   * @param inputHeight rows of the network's input
   * @param inputWidth columns of the network's input
   * @param labelIndex class of the label, or -1 where it has none or names no class
   * @param predicted class with the highest score
   * @param probabilities of all classes
   * @param targets the classes explained, in order
   * @param explanations one for each target class, layer and rule
   */
  record Explained(
      String imageId,
      String path,
      Optional<String> label,
      List<Box> boxes,
      Optional<String> mask,
      String sha256,
      int width,
      int height,
      Box view,
      int inputHeight,
      int inputWidth,
      int labelIndex,
      int predicted,
      float[] probabilities,
      List<Integer> targets,
      List<Explanation> explanations)
      implements ImageOutcome {}

  /**
   * An image that could not be explained.
   *
   * @param stage how far it came
   * @param reason short and countable
   * @param detail what exactly happened
   */
  record Skipped(
      String imageId,
      String path,
      Optional<String> label,
      Stage stage,
      String reason,
      String detail)
      implements ImageOutcome, Preparation.Result {}

  /** How far an image came. */
  enum Stage {
    READ,
    DECODE,
    TARGET,
    FORWARD,
    EXPLAIN
  }
}
