package io.camatlas.explain;

import java.util.List;

/** What became of one image: explanations, or a reason why there are none. */
public sealed interface ImageOutcome {

  /** Which image. */
  NamedImage image();

  /**
   * An image with its explanations.
   *
   * @param decoded the image that was read
   * @param prediction what the network says of it
   * @param explanations one for each target class, layer and rule
   */
  record Explained(
      NamedImage image, DecodedImage decoded, Prediction prediction, List<Explanation> explanations)
      implements ImageOutcome {}

  /**
   * An image that could not be explained.
   *
   * @param stage how far it came
   * @param reason short and countable
   * @param detail what exactly happened
   */
  record Skipped(NamedImage image, Stage stage, String reason, String detail)
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
