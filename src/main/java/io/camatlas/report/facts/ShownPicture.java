package io.camatlas.report.facts;

import io.camatlas.image.Box;
import io.camatlas.report.Numbers;
import io.camatlas.report.PixelPoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image with the map of one explanation.
 *
 * @param ranks for each reason why it is shown, its rank, from 1
 * @param image the image under the map
 * @param file the picture's file within the report; empty if the image is gone or has changed
 * @param missing why there is no picture; empty if there is one
 * @param prediction the network's prediction for the image
 * @param attention the map
 * @param numbers measurements of the map by name, formatted for people
 * @param command command that explains this image alone
 */
public record ShownPicture(
    Map<PictureKind, Integer> ranks,
    Image image,
    Optional<String> file,
    String missing,
    Prediction prediction,
    Attention attention,
    Map<String, String> numbers,
    String command) {

  /**
   * The upright original.
   *
   * @param id the image's id within the run
   * @param path where it was read from; empty if it came from a table
   * @param sha256 hash of its file
   * @param width in pixels
   * @param height in pixels
   * @param boxes annotated objects, in pixels
   */
  public record Image(
      String id, String path, String sha256, int width, int height, List<Box> boxes) {}

  /**
   * The network's prediction for the image.
   *
   * @param label the image's label, or labels; empty if unknown
   * @param predicted class with the highest score, or all labels that the network says it has
   * @param confidence probability of the predicted class; of several labels, of the class that is
   *     explained
   * @param correct whether the prediction equals the label; empty without a label
   * @param answer where an image may have several labels, what became of the class that is
   *     explained, such as found or missed
   */
  public record Prediction(
      String label,
      String predicted,
      double confidence,
      Optional<Boolean> correct,
      Optional<String> answer) {}

  /**
   * Where the network looks for a class.
   *
   * @param target the class
   * @param probability probability of the class
   * @param map saliency on the layer's grid
   * @param seen what the network saw, in pixels of the original
   * @param peak the map's maximum, in pixels of the original
   * @param overlap overlap with the class's mean map, 0 to 1; NaN for a blank map
   * @param entropy of the map, in nats; NaN for a blank map
   * @param spread of the map; NaN for a blank map
   */
  public record Attention(
      String target,
      double probability,
      Grid map,
      Box seen,
      Optional<PixelPoint> peak,
      double overlap,
      double entropy,
      double spread) {}

  /** The same, shown for one of its reasons. */
  public ShownPicture onlyAs(PictureKind kind) {
    return new ShownPicture(
        Map.of(kind, ranks.get(kind)),
        image,
        file,
        missing,
        prediction,
        attention,
        numbers,
        command);
  }

  /** Identifies the picture on its page, and in links to it. */
  public String id() {
    return "i"
        + image.sha256().substring(0, Math.min(12, image.sha256().length()))
        + Integer.toHexString(image.id().hashCode());
  }

  /** Alternative text for readers who cannot see the picture. */
  public String description() {
    String share = " (%s)".formatted(Numbers.percentOf(prediction.confidence()));
    return image.id()
        + (prediction.label().isEmpty() ? "" : ", labelled " + prediction.label())
        + ", predicted "
        + prediction.predicted()
        + (prediction.answer().isPresent() ? "" : share)
        + ", attention for "
        + attention.target()
        + (prediction.answer().isPresent() ? share : "");
  }
}
