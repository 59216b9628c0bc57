package io.camatlas.explain;

import io.camatlas.image.Box;
import io.camatlas.localize.Localization;
import io.camatlas.localize.SaliencyMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where a network looked for one class, in one image, at one layer.
 *
 * @param target the class
 * @param layer the layer's name
 * @param rule index of the rule in {@link ExplainSettings#rules}
 * @param map the saliency map on the layer's grid
 * @param filterMaps one map for each listed feature map, if requested
 * @param featureMaps weights and activations of the feature maps
 * @param localization measurements of the map
 * @param original where the map points in the original image
 * @param sampleAgreement mean correlation between the maps of the single noise samples, -1 to 1
 * @param undetermined share of the map that rounding decides, 0 to 1
 */
public record Explanation(
    Prediction.Target target,
    String layer,
    int rule,
    SaliencyMap map,
    List<float[]> filterMaps,
    FeatureMaps featureMaps,
    Localization localization,
    InOriginal original,
    OptionalDouble sampleAgreement,
    double undetermined) {

  /** Above this share a map is told not to be determined. */
  public static final double UNDETERMINED = 1e-3;

  /**
   * Weights and activations of the feature maps.
   *
   * @param weights w_k, {@code [K]}; for rules that weight every neuron, their mean
   * @param activations mean and maximum of each feature map
   * @param top the feature maps with the largest relevance, in descending order
   */
  public record FeatureMaps(
      float[] weights, ActivationSummary activations, List<FeatureMapUse> top) {}

  /**
   * How much one feature map mattered.
   *
   * @param index k
   * @param relevance |sum_ij w_k A_k,ij|
   * @param maximum of A_k
   * @param row of the maximum
   * @param column of the maximum
   */
  public record FeatureMapUse(int index, float relevance, float maximum, int row, int column) {}

  /**
   * Where a map points, in pixels of the original image.
   *
   * @param peakX the peak's centre; NaN on a blank map
   * @param peakY as {@code peakX}
   * @param largestPart box of the largest part
   * @param allParts box of all parts
   */
  public record InOriginal(
      double peakX, double peakY, Optional<Box> largestPart, Optional<Box> allParts) {}
}
