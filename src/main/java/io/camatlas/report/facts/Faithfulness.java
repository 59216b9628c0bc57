package io.camatlas.report.facts;

/**
 * What removing and restoring pixels in the order of a kind of map does to a class's probability.
 *
 * @param kind whose order it is, for people
 * @param images number of images tried
 * @param insertion area under the probability as pixels return; high if the map marks what counts
 * @param deletion area under the probability as pixels go; low if the map marks what counts
 * @param drop share of the probability that is lost if the picture is dimmed by the map; low is
 *     better
 * @param increase share of images whose probability rises by that; high is better
 */
public record Faithfulness(
    String kind,
    long images,
    Measured insertion,
    Measured deletion,
    Measured drop,
    Measured increase) {
  /** A mean and its 95 % interval; NaN where it is unknown. */
  public record Measured(double mean, double low, double high) {}
}
