package io.camatlas.explain;

import java.util.List;

/** The outcome for one image: explanations, or the reason why there are none. */
public sealed interface ImageOutcome {

  /** Which image. */
  NamedImage image();

  /**
   * An image with its explanations.
   *
   * @param decoded the image that was read
   * @param prediction what the network predicts for it
   * @param explanations one for each target class, layer and rule
   */
  record Explained(
      NamedImage image, DecodedImage decoded, Prediction prediction, List<Explanation> explanations)
      implements ImageOutcome {}

  /**
   * An image that could not be explained.
   *
   * @param stage the stage that failed
   * @param reason a short text by which outcomes can be counted
   * @param detail what exactly happened
   */
  record Skipped(NamedImage image, Stage stage, String reason, String detail)
      implements ImageOutcome, Preparation.Result {}

  /** The stages of explaining an image. */
  enum Stage {
    READ,
    DECODE,
    TARGET,
    FORWARD,
    EXPLAIN
  }
}
