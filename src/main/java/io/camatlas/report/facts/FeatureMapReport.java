package io.camatlas.report.facts;

import java.util.List;
import java.util.Optional;

/**
 * What is shown of one feature map. Numbers are NaN where the atlas has none.
 *
 * @param map its index
 * @param n images
 * @param activation in these
 * @param selectivity of Morcos et al.
 * @param topClass with the largest mean activation; empty where unknown or without a page
 * @param serves classes in whose ranking it is among the first five
 * @param classes those among them, largest share first
 * @param byActivation images that it responds to most
 * @param byRelevance images that it matters most for
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
   * How strongly it responds.
   *
   * @param mean of the images' mean activation
   * @param p10 of them
   * @param p50 of them
   * @param p90 of them
   * @param dead share of the images where no neuron is above zero
   */
  public record Activation(double mean, double p10, double p50, double p90, double dead) {}

  /** A class that it responds to. */
  public record TopClass(String name, int index) {}

  /** A class that draws on it. */
  public record Served(String name, int index, int rank, double share, double topFiveFraction) {}

  /** Whether it has a page: a class draws on it. */
  public boolean matters() {
    return serves > 0;
  }
}
