package io.camatlas.atlas;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * The variance of a difference of means, and the degrees of freedom of its estimate.
 *
 * @param variance of the difference
 * @param freedom by which Student's t is taken
 */
public record Spread(double variance, double freedom) {
  public static final Spread NONE = new Spread(0, 1);

  /**
   * A difference whose spread is known.
   *
   * @param low lower end of its 95 % interval; NaN if undefined
   * @param high upper end
   * @param p probability of one at least as large if there is none, two-sided; NaN if undefined
   */
  public record Judged(double low, double high, double p) {
    public static final Judged NONE = new Judged(Double.NaN, Double.NaN, Double.NaN);
  }

  /** That of a multiple. */
  public Spread times(double weight) {
    return new Spread(weight * weight * variance, freedom);
  }

  /** That of a sum of independent differences, with Satterthwaite's degrees of freedom (1946). */
  public Spread and(Spread other) {
    double sum = variance + other.variance;
    double square = variance * variance / freedom + other.variance * other.variance / other.freedom;
    return new Spread(sum, square > 0 ? sum * sum / square : freedom);
  }

  /** Of samples whose variances may differ (Welch 1947). */
  public static Spread welch(Moments one, Moments other) {
    return new Spread(one.variance() / one.count(), one.count() - 1.0)
        .and(new Spread(other.variance() / other.count(), other.count() - 1.0));
  }

  /** Of samples with one variance (Student). */
  public static Spread student(Moments one, Moments other) {
    double freedom = one.count() + other.count() - 2.0;
    double pooled = (one.m2() + other.m2()) / freedom;
    return new Spread(pooled * (1.0 / one.count() + 1.0 / other.count()), freedom);
  }

  /** What is known of a difference with this spread. */
  public Judged judge(double gap) {
    double error = Math.sqrt(variance);
    if (!(error > 0 && freedom > 0)) {
      return Judged.NONE;
    }
    TDistribution t = new TDistribution(null, freedom);
    double half = t.inverseCumulativeProbability(0.975) * error;
    return new Judged(gap - half, gap + half, 2 * t.cumulativeProbability(-Math.abs(gap) / error));
  }
}
