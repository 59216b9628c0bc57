package io.camatlas.report.facts;

import java.util.Map;
import java.util.Optional;

/**
 * One layer explained by one rule of one run. Numbers are NaN where the atlas has none.
 *
 * @param number from 1
 * @param run names it in all tables
 * @param explanations rows that were gathered
 * @param pointing empty where no objects are annotated
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
   * What was explained.
   *
   * @param sha256 of its archive
   * @param input shape and preprocessing
   */
  public record Model(String name, String sha256, String input) {}

  /**
   * Where it was explained.
   *
   * @param path dotted
   * @param mapHeight rows of its grid
   * @param mapWidth columns of its grid
   * @param featureMaps K
   * @param deadFeatureMaps of them, those that no image makes respond
   */
  public record Layer(
      String path, int mapHeight, int mapWidth, int featureMaps, int deadFeatureMaps) {}

  /** How it was explained. */
  public record Rule(String name, Map<String, String> parameters) {}

  /**
   * How good the model is.
   *
   * @param images that have a label
   * @param accuracy share of them that the model gets right
   * @param confidence mean probability of the predicted class
   * @param ece expected calibration error
   */
  public record Predictions(long images, double accuracy, double confidence, double ece) {}

  /**
   * The pointing game, as a mean over classes.
   *
   * @param hits share of the maps that peak on the object
   * @param centre the same for the picture's centre
   */
  public record Pointing(double hits, double centre) {}

  /** How people tell views apart. */
  public String title() {
    return model.name() + " · " + layer.path() + " · " + rule.name();
  }
}
