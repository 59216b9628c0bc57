package io.camatlas.explain;

import io.camatlas.image.Box;
import io.camatlas.localize.Localization;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where a network looked for one class, in one image, at one layer.
 *
 * @param target the class
 * @param reasons why it is a target: {@code label}, {@code predicted}, {@code top-2}, {@code
 *     listed}
 * @param score of the class, before softmax
 * @param layer the layer's name
 * @param rule place of the rule among {@link ExplainSettings#rules}
 * @param map not negative, not normalised, {@code [h,w]} by rows from the top
 * @param filterMaps one map for each listed feature map, where such were asked for
 * @param height h
 * @param width w
 * @param weights w_k, {@code [K]}; for rules that weigh every neuron, their mean
 * @param meanActivations mean of A_k, {@code [K]}
 * @param maxActivations maximum of A_k, {@code [K]}
 * @param maxCells cell of that maximum, {@code row * w + column}, the first of equals
 * @param topFeatureMaps the feature maps with the largest relevance, largest first
 * @param localization measurements of the map
 * @param peakX the peak's centre in pixels of the original image; NaN on a blank map
 * @param peakY likewise
 * @param largestPart box of the largest part, in pixels of the original image
 * @param allParts box of all parts, likewise
 * @param sampleAgreement mean correlation between the maps of the single noise samples, -1 to 1
 */
public record Explanation(
    int target,
    List<String> reasons,
    float score,
    String layer,
    int rule,
    float[] map,
    List<float[]> filterMaps,
    int height,
    int width,
    float[] weights,
    float[] meanActivations,
    float[] maxActivations,
    int[] maxCells,
    List<FeatureMapUse> topFeatureMaps,
    Localization localization,
    double peakX,
    double peakY,
    Optional<Box> largestPart,
    Optional<Box> allParts,
    OptionalDouble sampleAgreement) {

  Explanation withSampleAgreement(double agreement) {
    return new Explanation(
        target,
        reasons,
        score,
        layer,
        rule,
        map,
        filterMaps,
        height,
        width,
        weights,
        meanActivations,
        maxActivations,
        maxCells,
        topFeatureMaps,
        localization,
        peakX,
        peakY,
        largestPart,
        allParts,
        OptionalDouble.of(agreement));
  }

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
}
