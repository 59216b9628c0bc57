package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Count, and the mean and summed squared deviation of every component of vectors of equal length;
 * the counterpart of {@link Moments} for vectors. Mutable; not thread-safe.
 */
public final class VectorMoments implements Serializable {
  private static final long serialVersionUID = 1L;

  private long count;
  private final double[] mean;
  private final double[] m2;

  /** Creates an empty state for vectors of {@code length} components. */
  public VectorMoments(int length) {
    this(0, new double[length], new double[length]);
  }

  private VectorMoments(long count, double[] mean, double[] m2) {
    this.count = count;
    this.mean = mean;
    this.m2 = m2;
  }

  /**
   * Adds one vector, its components multiplied by {@code scale} (Welford 1962).
   *
   * @throws StateException if its length differs
   */
  public void add(float[] vector, double scale) {
    require(vector.length);
    count++;
    double share = 1.0 / count;
    for (int i = 0; i < mean.length; i++) {
      double value = vector[i] * scale;
      double gap = value - mean[i];
      double moved = mean[i] + gap * share;
      mean[i] = moved;
      m2[i] += gap * (value - moved);
    }
  }

  /**
   * Merges another part into this one; pairwise update of Chan, Golub and LeVeque (1979).
   *
   * @throws StateException if its length differs
   */
  public void merge(VectorMoments other) {
    require(other.mean.length);
    long n = count + other.count;
    if (n == 0) {
      return;
    }
    double share = (double) other.count / n;
    for (int i = 0; i < mean.length; i++) {
      double gap = other.mean[i] - mean[i];
      mean[i] += gap * share;
      m2[i] += other.m2[i] + gap * gap * share * count;
    }
    count = n;
  }

  private void require(int length) {
    if (length != mean.length) {
      throw new StateException(
          "A vector has %d components, the others have %d; all must have the same length."
              .formatted(length, mean.length));
    }
  }

  /** Components of each vector. */
  public int length() {
    return mean.length;
  }

  /** Vectors seen. */
  public long count() {
    return count;
  }

  /** The mean of one component; NaN while no vector was seen. */
  public double mean(int component) {
    return count == 0 ? Double.NaN : mean[component];
  }

  /** All means; NaN while no vector was seen. */
  public double[] means() {
    double[] means = mean.clone();
    if (count == 0) {
      Arrays.fill(means, Double.NaN);
    }
    return means;
  }

  /** One component. */
  public Moments component(int component) {
    return new Moments(count, mean[component], m2[component]);
  }

  /** Sample variance of one component; NaN for fewer than two vectors. */
  public double variance(int component) {
    return count < 2 ? Double.NaN : m2[component] / (count - 1);
  }

  /** Sample variances of all components; NaN for fewer than two vectors. */
  public double[] variances() {
    double[] variances = new double[m2.length];
    Arrays.setAll(variances, this::variance);
    return variances;
  }

  /** Writes 12 bytes plus 16 per component. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(mean.length);
    out.writeLong(count);
    if (count > 0) {
      Bulk.write(out, mean);
      Bulk.write(out, m2);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static VectorMoments read(DataInput in) throws IOException {
    int length = in.readInt();
    long count = in.readLong();
    return count == 0
        ? new VectorMoments(length)
        : new VectorMoments(count, Bulk.doubles(in, length), Bulk.doubles(in, length));
  }
}
