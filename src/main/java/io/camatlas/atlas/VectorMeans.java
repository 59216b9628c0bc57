package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Count and componentwise sum of vectors of equal length, for use where only the mean is needed.
 * Takes half the memory of {@link VectorMoments}. Mutable; not thread-safe.
 */
public final class VectorMeans {
  private long count;
  private final double[] sum;

  /** Creates an empty state for vectors of {@code length} components. */
  public VectorMeans(int length) {
    this(0, new double[length]);
  }

  private VectorMeans(long count, double[] sum) {
    this.count = count;
    this.sum = sum;
  }

  /**
   * Adds one vector.
   *
   * @throws StateException if its length differs
   */
  public void add(float[] vector) {
    require(vector.length);
    count++;
    for (int i = 0; i < sum.length; i++) {
      sum[i] += vector[i];
    }
  }

  /**
   * Merges another part into this one.
   *
   * @throws StateException if its length differs
   */
  public void merge(VectorMeans other) {
    require(other.sum.length);
    count += other.count;
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other.sum[i];
    }
  }

  private void require(int length) {
    if (length != sum.length) {
      throw new StateException(
          "A vector has %d components, the others have %d; all must have the same length."
              .formatted(length, sum.length));
    }
  }

  /** Components of each vector. */
  public int length() {
    return sum.length;
  }

  /** Vectors seen. */
  public long count() {
    return count;
  }

  /** The mean of one component; NaN while no vector was seen. */
  public double mean(int component) {
    return count == 0 ? Double.NaN : sum[component] / count;
  }

  /** All means; NaN while no vector was seen. */
  public double[] means() {
    double[] means = new double[sum.length];
    java.util.Arrays.setAll(means, this::mean);
    return means;
  }

  public void write(DataOutput out) throws IOException {
    out.writeInt(sum.length);
    out.writeLong(count);
    Bulk.write(out, sum);
  }

  public static VectorMeans read(DataInput in) throws IOException {
    int length = in.readInt();
    return new VectorMeans(in.readLong(), Bulk.doubles(in, length));
  }
}
