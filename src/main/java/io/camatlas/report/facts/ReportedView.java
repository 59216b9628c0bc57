package io.camatlas.report.facts;

import java.util.Map;

/**
 * One layer explained by one rule of one run. Numbers are NaN where the atlas has none.
 *
 * @param number from 1
 * @param run names it in all tables
 * @param model the model's name
 * @param modelSha256 of its archive
 * @param layer dotted path
 * @param method the rule's name
 * @param parameters of the rule
 * @param input shape and preprocessing
 * @param mapHeight rows of the layer's grid
 * @param mapWidth columns of the layer's grid
 * @param explanations rows that were gathered
 * @param images labelled images
 * @param accuracy share of them that the model gets right
 * @param confidence mean probability of the predicted class
 * @param ece expected calibration error
 * @param pointing mean over classes of the pointing game
 * @param pointingCentre the same for the picture's centre
 * @param featureMaps K
 * @param deadFeatureMaps of them, those that no image makes respond
 */
public record ReportedView(
    int number,
    String run,
    String model,
    String modelSha256,
    String layer,
    String method,
    Map<String, String> parameters,
    String input,
    int mapHeight,
    int mapWidth,
    long explanations,
    long images,
    double accuracy,
    double confidence,
    double ece,
    double pointing,
    double pointingCentre,
    int featureMaps,
    int deadFeatureMaps) {

  public boolean hasTruth() {
    return !Double.isNaN(pointing);
  }

  /** How people tell views apart. */
  public String title() {
    return model + " · " + layer + " · " + method;
  }
}
