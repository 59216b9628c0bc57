package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * Count, mean and summed squared deviation of some numbers; parts merge in any order.
 *
 * @param count numbers seen
 * @param mean their mean; 0 while none was seen
 * @param m2 summed squared deviation from the mean
 */
public record Moments(long count, double mean, double m2) implements Serializable {
  /** The neutral element of {@link #merge}. */
  public static final Moments EMPTY = new Moments(0, 0, 0);

  private static final double CONFIDENCE = 0.95;

  /**
   * @throws IllegalArgumentException if a count or a sum of squares is negative or not finite
   */
  public Moments {
    if (count < 0 || !Double.isFinite(mean) || !(m2 >= 0 && m2 < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Moments are count %d, mean %s, m2 %s; count and m2 must be at least 0, all finite."
              .formatted(count, mean, m2));
    }
  }

  /**
   * Returns the moments with one more number (Welford 1962).
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public Moments with(double value) {
    long n = count + 1;
    double gap = value - mean;
    double newMean = mean + gap / n;
    return new Moments(n, newMean, m2 + gap * (value - newMean));
  }

  /** Pairwise update of Chan, Golub and LeVeque (1979); order matters only to rounding. */
  public Moments merge(Moments other) {
    long n = count + other.count;
    if (n == 0) {
      return EMPTY;
    }
    double share = (double) other.count / n;
    double gap = other.mean - mean;
    return new Moments(n, mean + gap * share, m2 + other.m2 + gap * gap * share * count);
  }

  /** The sample variance, {@code m2 / (count - 1)}; NaN for fewer than two numbers. */
  public double variance() {
    return count < 2 ? Double.NaN : m2 / (count - 1);
  }

  /** The mean, or NaN while no number was seen. */
  public double meanOrNaN() {
    return count == 0 ? Double.NaN : mean;
  }

  /**
   * Half the width of the two-sided 95 % confidence interval of the mean, by Student's t with
   * {@code count - 1} degrees of freedom; NaN for fewer than two numbers.
   */
  public double halfWidth95() {
    if (count < 2) {
      return Double.NaN;
    }
    double t =
        new TDistribution(null, count - 1.0).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    return t * Math.sqrt(variance() / count);
  }

  /** Writes 24 bytes. */
  public void write(DataOutput out) throws IOException {
    out.writeLong(count);
    out.writeDouble(mean);
    out.writeDouble(m2);
  }

  /** Reads what {@link #write} wrote. */
  public static Moments read(DataInput in) throws IOException {
    return new Moments(in.readLong(), in.readDouble(), in.readDouble());
  }
}
