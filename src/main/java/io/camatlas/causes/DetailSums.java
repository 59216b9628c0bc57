package io.camatlas.causes;

/**
 * Sums of the detail of pictures, which can be added up in any order.
 *
 * @param n number of pictures
 * @param sums of each value over the pictures
 * @param squares of each value, summed
 */
public record DetailSums(long n, double[] sums, double[] squares) {
  /** Of no picture. */
  public static DetailSums none(int values) {
    return new DetailSums(0, new double[values], new double[values]);
  }

  /** With a picture more. */
  public DetailSums with(float[] detail) {
    double[] more = sums.clone();
    double[] moreSquares = squares.clone();
    for (int i = 0; i < detail.length; i++) {
      more[i] += detail[i];
      moreSquares[i] += (double) detail[i] * detail[i];
    }
    return new DetailSums(n + 1, more, moreSquares);
  }

  /** Of the pictures of both. */
  public DetailSums and(DetailSums other) {
    return new DetailSums(
        n + other.n, combined(sums, other.sums, 1), combined(squares, other.squares, 1));
  }

  /** Without pictures that are among them. */
  public DetailSums without(DetailSums some) {
    return new DetailSums(
        n - some.n, combined(sums, some.sums, -1), combined(squares, some.squares, -1));
  }

  private static double[] combined(double[] a, double[] b, int sign) {
    double[] both = new double[a.length];
    for (int i = 0; i < both.length; i++) {
      both[i] = a[i] + sign * b[i];
    }
    return both;
  }

  double mean(int at) {
    return sums[at] / n;
  }

  /** The unbiased variance of a value. */
  double variance(int at) {
    return Math.max(0, (squares[at] - sums[at] * sums[at] / n) / (n - 1));
  }
}
