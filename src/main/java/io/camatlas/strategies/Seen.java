package io.camatlas.strategies;

import io.camatlas.atlas.Examples;
import io.camatlas.atlas.ExplainedRow;
import io.camatlas.atlas.Trait;
import java.util.List;

/**
 * An image of a class, and what is known of it.
 *
 * @param image its name
 * @param sha256 of its bytes, in hexadecimal
 * @param member what it is compared by
 * @param right whether the prediction equals the label; null without a label
 * @param confidence probability of the predicted class, 0 to 1; NaN if it is not known
 * @param onObject whether the map's peak lies on an object; null if that is not known
 * @param traits what is known besides
 */
public record Seen(
    Examples.Image image,
    String sha256,
    Member member,
    Boolean right,
    double confidence,
    Boolean onObject,
    List<Trait> traits) {
  /**
   * The image as a copy of another, which has the same bytes: it takes no memory but for its name.
   *
   * @param other what it is compared by is the same
   */
  Seen asCopyOf(Seen other) {
    return new Seen(image, other.sha256, other.member, right, confidence, onObject, List.of());
  }

  /**
   * What is known of an explanation.
   *
   * @param leftOut feature maps that say nothing of an image
   */
  public static Seen of(ExplainedRow row, String sha256, boolean[] leftOut) {
    ExplainedRow.Said said = row.said();
    return new Seen(
        row.image(),
        sha256,
        Member.of(row, leftOut),
        said.right(),
        said.confidence(),
        row.context().onObject(),
        row.context().traits());
  }
}
