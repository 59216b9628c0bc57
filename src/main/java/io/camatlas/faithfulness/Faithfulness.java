package io.camatlas.faithfulness;

/**
 * How well one map marks what the network used for one class of one image.
 *
 * <p>Caution: the image dimmed by a random map is the whole image, evenly dimmed. A network often
 * tolerates that better than the loss of the surroundings, so a random map may well have the lower
 * drop. Insertion and deletion depend on the order of pixels alone.
 *
 * <p>With Y the class's probability on the whole image and O on the explanation map, the image
 * dimmed by the map:
 *
 * @param averageDrop {@code max(0, Y - O) / Y}, a fraction; its mean over images is the paper's
 *     Average Drop. Lower is better. NaN where Y is 0
 * @param increase 1 where {@code O > Y}, else 0; its mean over images is the paper's Increase in
 *     Confidence. Higher is better
 * @param insertionAuc area under the curve of the class's probability while pixels are restored to
 *     a blurred image, the most salient first, 0 to 1. Higher is better
 * @param deletionAuc the same while pixels are removed, the most salient first, 0 to 1. Lower is
 *     better
 */
public record Faithfulness(
    double averageDrop, double increase, double insertionAuc, double deletionAuc) {

  /**
   * Combines the two numbers of Grad-CAM++ (arXiv:1710.11063, sec. 4.1, as fractions for one image)
   * with the two of RISE.
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
