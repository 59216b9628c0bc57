package io.camatlas.faithfulness;

/**
 * How well one map tells what the network used for one class of one image.
 *
 * <p>The explanation map of a random map is the whole image, evenly dimmed, and a network often
 * bears that better than the loss of the surroundings: a random map may well have the lower drop.
 * Insertion and deletion look at the order of pixels alone.
 *
 * <p>With Y the class's probability on the whole image and O on the explanation map, the image
 * dimmed by the map:
 *
 * @param averageDrop {@code max(0, Y - O) / Y}, a fraction; its mean over images is the paper's
 *     Average Drop. Lower is better. NaN where Y is 0
 * @param increase 1 where {@code O > Y}, else 0; its mean over images is the paper's Increase in
 *     Confidence. Higher is better
 * @param insertionAuc area under the class's probability while the most salient pixels come back
 *     first into a blurred image, 0 to 1. Higher is better
 * @param deletionAuc likewise while they are taken away first, 0 to 1. Lower is better
 */
public record Faithfulness(
    double averageDrop, double increase, double insertionAuc, double deletionAuc) {

  /**
   * The two numbers of Grad-CAM++ (arXiv:1710.11063, sec. 4.1, as fractions of one image) beside
   * the two of RISE.
   *
   * @param whole Y
   * @param explained O
   */
  static Faithfulness of(double whole, double explained, double insertionAuc, double deletionAuc) {
    double drop =
        whole > 0 && !Double.isNaN(explained) ? Math.max(0, whole - explained) / whole : Double.NaN;
    return new Faithfulness(drop, explained > whole ? 1 : 0, insertionAuc, deletionAuc);
  }
}
