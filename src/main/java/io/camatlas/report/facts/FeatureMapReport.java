package io.camatlas.report.facts;

import java.util.List;
import java.util.Optional;

/**
 * What the report shows about one feature map. Numbers are NaN if the atlas has none.
 *
 * @param map the feature map's index
 * @param n number of images
 * @param activation activation in these images
 * @param selectivity class selectivity (Morcos et al. 2018)
 * @param topClass class with the largest mean activation; empty if it is unknown or has no page
 * @param serves number of classes in whose ranking it is among the first five
 * @param classes these classes, largest share first
 * @param byActivation images that it responds to most
 * @param byRelevance images for which it is most relevant
 */
public record FeatureMapReport(
    int map,
    long n,
    Activation activation,
    double selectivity,
    Optional<TopClass> topClass,
    int serves,
    List<Served> classes,
    List<MapExample> byActivation,
    List<MapExample> byRelevance) {

  /**
   * How strongly the feature map responds.
   *
   * @param mean mean of the images' mean activations
   * @param p10 10 % quantile of the mean activations
   * @param p50 median of the mean activations
   * @param p90 90 % quantile of the mean activations
   * @param dead share of the images in which no neuron is above zero
   */
  public record Activation(double mean, double p10, double p50, double p90, double dead) {}

  /** The class that the feature map responds to most. */
  public record TopClass(String name, int index) {}

  /** A class that relies on the feature map. */
  public record Served(String name, int index, int rank, double share, double topFiveFraction) {}

  /** Whether a class relies on the feature map, so that it gets a page. */
  public boolean matters() {
    return serves > 0;
  }
}
