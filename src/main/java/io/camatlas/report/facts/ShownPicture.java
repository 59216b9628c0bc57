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
 * @param ranks why it is shown, and its place among those, from 1
 * @param image what the map lies over
 * @param file the picture's file within the report; empty where the image is gone or has changed
 * @param missing why there is no picture; empty where there is one
 * @param prediction for the image
 * @param attention the map
 * @param numbers measurements of the map by name, ready to be read
 * @param command explains this image alone
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
   * @param id its name within the run
   * @param path where it was read from; empty where it came from a table
   * @param sha256 of its file
   * @param width in pixels
   * @param height in pixels
   * @param boxes annotated objects, in pixels
   */
  public record Image(
      String id, String path, String sha256, int width, int height, List<Box> boxes) {}

  /**
   * What the network says of the image.
   *
   * @param label the class that it is of; empty where unknown
   * @param predicted class with the highest score
   * @param confidence its probability
   * @param correct whether the two are the same; empty without a label
   */
  public record Prediction(
      String label, String predicted, double confidence, Optional<Boolean> correct) {}

  /**
   * Where the network looks for a class.
   *
   * @param target the class
   * @param probability of the class
   * @param map saliency on the layer's grid
   * @param view what the network saw, in pixels of the original
   * @param peak the map's maximum, in pixels of the original
   * @param overlap with the class's mean map, 0 to 1; NaN where blank
   */
  public record Attention(
      String target,
      double probability,
      Grid map,
      Box view,
      Optional<PixelPoint> peak,
      double overlap) {}

  /** Identifies the picture on its page, and in links to it. */
  public String id() {
    return "i"
        + image.sha256().substring(0, Math.min(12, image.sha256().length()))
        + Integer.toHexString(image.id().hashCode());
  }

  /** What a reader who cannot see it is told. */
  public String description() {
    return image.id()
        + (prediction.label().isEmpty() ? "" : ", labelled " + prediction.label())
        + ", predicted "
        + prediction.predicted()
        + " ("
        + Numbers.percentOf(prediction.confidence())
        + "), attention for "
        + attention.target();
  }
}
