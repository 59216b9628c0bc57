package io.camatlas.report.facts;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One layer explained by one rule of one run. Numbers are NaN if the atlas has none.
 *
 * @param number the view's number, from 1
 * @param run identifies the run in all tables
 * @param explanations number of explanations gathered
 * @param pointing result of the pointing game; empty if no objects are annotated
 */
public record ReportedView(
    int number,
    String run,
    long explanations,
    Model model,
    Layer layer,
    Rule rule,
    Predictions predictions,
    Optional<Pointing> pointing) {

  /**
   * The model that was explained.
   *
   * @param sha256 hash of its archive
   * @param input input shape and preprocessing
   * @param superclasses for each class the name of its group, or empty text; empty without groups
   */
  public record Model(String name, String sha256, String input, List<String> superclasses) {}

  /**
   * The layer that was explained.
   *
   * @param path dotted path
   * @param mapHeight rows of its grid
   * @param mapWidth columns of its grid
   * @param featureMaps K
   * @param deadFeatureMaps number of feature maps that respond to no image
   */
  public record Layer(
      String path, int mapHeight, int mapWidth, int featureMaps, int deadFeatureMaps) {}

  /** The rule that was used. */
  public record Rule(String name, Map<String, String> parameters) {}

  /**
   * How good the model is.
   *
   * @param images number of images with a label
   * @param accuracy share of them that the model predicts correctly
   * @param confidence mean probability of the predicted class
   * @param ece expected calibration error
   * @param several where images may have several labels; {@code accuracy} is the sensitivity and
   *     {@code confidence} the mean probability over all labels and images then
   */
  public record Predictions(
      long images, double accuracy, double confidence, double ece, Optional<Several> several) {}

  /**
   * How good the model is where images may have several labels.
   *
   * @param labels number of labels that the model tells
   * @param given labels that images have, counted for each image
   * @param share of labels that images have, of all of which that is known
   * @param specificity share of the labels that images do not have of which the model does not say
   *     that they have them
   * @param auroc mean of the labels' areas under the ROC
   * @param judged number of labels behind that mean
   */
  public record Several(
      int labels, long given, double share, double specificity, double auroc, int judged) {}

  /**
   * The result of the pointing game, as a mean over classes.
   *
   * @param hits share of the maps that peak on the object
   * @param centre the same for the picture's centre
   */
  public record Pointing(double hits, double centre) {}

  /** A title that distinguishes views. */
  public String title() {
    return model.name() + " · " + layer.path() + " · " + rule.name();
  }
}
