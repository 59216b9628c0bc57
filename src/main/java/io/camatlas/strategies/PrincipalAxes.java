package io.camatlas.strategies;

import dev.ludovic.netlib.blas.JavaBLAS;
import dev.ludovic.netlib.lapack.JavaLAPACK;
import org.netlib.util.intW;

/**
 * The directions in which some vectors differ most (principal component analysis, Pearson 1901).
 *
 * @param mean of the vectors, {@code [D]}
 * @param axes orthonormal, the one with the largest variance first, {@code [d][D]}
 */
record PrincipalAxes(float[] mean, float[][] axes) {
  /** Less of the largest variance is rounding. */
  private static final double LEAST_VARIANCE = 1e-10;

  private static final JavaBLAS BLAS = JavaBLAS.getInstance();
  private static final JavaLAPACK LAPACK = JavaLAPACK.getInstance();

  // Its first call stores constants of the machine in static fields, which others must not see half
  // done.
  static {
    largest(new double[] {1}, 1, 1);
  }

  /**
   * The axes of some vectors.
   *
   * @param vectors {@code [n][D]}, at least one
   * @param most number of axes; fewer are given if the vectors span fewer
   */
  static PrincipalAxes of(float[][] vectors, int most) {
    int n = vectors.length;
    int size = vectors[0].length;
    double[] mean = new double[size];
    for (float[] vector : vectors) {
      for (int k = 0; k < size; k++) {
        mean[k] += vector[k] / (double) n;
      }
    }
    // Column by column, as the libraries expect: each vector is a column.
    double[] centred = new double[n * size];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < size; k++) {
        centred[i * size + k] = vectors[i][k] - mean[k];
      }
    }
    boolean byVectors = n < size;
    int order = Math.min(n, size);
    double[] products = new double[order * order];
    BLAS.dsyrk(
        "U",
        byVectors ? "T" : "N",
        order,
        byVectors ? size : n,
        1,
        centred,
        size,
        0,
        products,
        order);
    Eigen eigen = largest(products, order, Math.min(most, order));
    int count = 0;
    while (count < eigen.values.length
        && eigen.values[count] > LEAST_VARIANCE * eigen.values[0]
        && eigen.values[count] > 0) {
      count++;
    }
    float[][] axes = new float[count][size];
    for (int j = 0; j < count; j++) {
      double[] axis = eigen.vectors[j];
      if (byVectors) {
        axis = new double[size];
        BLAS.dgemv("N", size, n, 1, centred, size, eigen.vectors[j], 1, 0, axis, 1);
        BLAS.dscal(size, 1 / Math.sqrt(eigen.values[j]), axis, 1);
      }
      for (int k = 0; k < size; k++) {
        axes[j][k] = (float) axis[k];
      }
    }
    float[] middle = new float[size];
    for (int k = 0; k < size; k++) {
      middle[k] = (float) mean[k];
    }
    return new PrincipalAxes(middle, axes);
  }

  /** The largest eigenvalues first, each with its vector. */
  private record Eigen(double[] values, double[][] vectors) {}

  /** Of a symmetric matrix whose upper triangle is given; it is overwritten. */
  private static Eigen largest(double[] matrix, int order, int wanted) {
    double[] values = new double[order];
    double[] vectors = new double[order * wanted];
    int[] support = new int[2 * order];
    double[] work = new double[Math.max(1, 26 * order)];
    int[] counts = new int[Math.max(1, 10 * order)];
    intW found = new intW(0);
    intW info = new intW(0);
    LAPACK.dsyevr(
        "V",
        "I",
        "U",
        order,
        matrix,
        order,
        0,
        0,
        order - wanted + 1,
        order,
        0,
        found,
        values,
        vectors,
        order,
        support,
        work,
        work.length,
        counts,
        counts.length,
        info);
    if (info.val != 0) {
      throw new IllegalStateException("dsyevr failed with " + info.val + ".");
    }
    double[] largest = new double[found.val];
    double[][] own = new double[found.val][order];
    for (int j = 0; j < found.val; j++) {
      int at = found.val - 1 - j;
      largest[j] = values[at];
      System.arraycopy(vectors, at * order, own[j], 0, order);
    }
    return new Eigen(largest, own);
  }

  /** Where a vector lies along the axes, {@code [d]}. */
  double[] coordinates(float[] vector) {
    double[] at = new double[axes.length];
    for (int j = 0; j < at.length; j++) {
      float[] axis = axes[j];
      double sum = 0;
      for (int k = 0; k < axis.length; k++) {
        sum += axis[k] * (double) (vector[k] - mean[k]);
      }
      at[j] = sum;
    }
    return at;
  }
}
