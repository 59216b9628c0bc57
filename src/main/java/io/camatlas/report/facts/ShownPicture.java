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
 * @param imageId its name within the run
 * @param path where it was read from; empty where it came from a table
 * @param sha256 of its file
 * @param file the picture's file within the report; empty where the image is gone or has changed
 * @param missing why there is no picture; empty where there is one
 * @param width of the upright original, in pixels
 * @param height of the upright original, in pixels
 * @param view what the network saw, in pixels of the original
 * @param map saliency on the layer's grid
 * @param label the class that it is of; empty where unknown
 * @param predicted class with the highest score
 * @param confidence its probability
 * @param correct whether the two are the same; empty without a label
 * @param target class whose evidence the map shows
 * @param targetProbability its probability
 * @param overlap with the class's mean map, 0 to 1; NaN where blank
 * @param boxes annotated objects, in pixels of the original
 * @param peak the map's maximum, in pixels of the original
 * @param numbers measurements of the map by name, ready to be read
 * @param command explains this image alone
 */
public record ShownPicture(
    Map<PictureKind, Integer> ranks,
    String imageId,
    String path,
    String sha256,
    Optional<String> file,
    String missing,
    int width,
    int height,
    Box view,
    Grid map,
    String label,
    String predicted,
    double confidence,
    Optional<Boolean> correct,
    String target,
    double targetProbability,
    double overlap,
    List<Box> boxes,
    Optional<PixelPoint> peak,
    Map<String, String> numbers,
    String command) {

  /** Identifies the picture on its page, and in links to it. */
  public String id() {
    return "i"
        + sha256.substring(0, Math.min(12, sha256.length()))
        + Integer.toHexString(imageId.hashCode());
  }

  /** What a reader who cannot see it is told. */
  public String description() {
    return imageId
        + (label.isEmpty() ? "" : ", labelled " + label)
        + ", predicted "
        + predicted
        + " ("
        + Numbers.percentOf(confidence)
        + "), attention for "
        + target;
  }
}
