package io.camatlas.faithfulness;

import java.util.random.RandomGenerator;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.ConjugateGradient;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;

/**
 * Replaces pixels by what lies around them: each becomes the weighted mean of its eight neighbours,
 * of which some may be replaced themselves, and gets a little noise (Rong et al. 2022,
 * arXiv:2202.00449, section 4.2). Unlike a uniform colour, the shape of what was removed does not
 * show.
 */
public final class NoisyLinearImputation {
  /** Standard deviation of the noise, in units of the normalised input, as in the authors' code. */
  public static final double NOISE = 0.01;

  private static final double BESIDE = 1.0 / 6;
  private static final double DIAGONAL = 1.0 / 12;

  /** Of the residual to what is known; far below the noise, unless next to nothing is known. */
  private static final double TOLERANCE = 1e-6;

  private static final int MOST_ITERATIONS = 20_000;

  private NoisyLinearImputation() {}

  /**
   * Replaces pixels.
   *
   * @param pixels {@code [C,H,W]}, left as they are
   * @param removed which places are replaced, {@code [H,W]}; not all of them
   * @param noise draws the noise; null for none
   * @return {@code [C,H,W]}
   */
  public static float[] of(
      float[] pixels, int height, int width, boolean[] removed, RandomGenerator noise) {
    Neighbours neighbours = new Neighbours(height, width, removed);
    float[] filled = pixels.clone();
    if (neighbours.getRowDimension() == 0) {
      return filled;
    }
    if (neighbours.getRowDimension() == removed.length) {
      throw new IllegalArgumentException(
          "All pixels are removed; some must stay, to say what the others are.");
    }
    int area = height * width;
    ConjugateGradient solver = new ConjugateGradient(MOST_ITERATIONS, TOLERANCE, false);
    for (int from = 0; from < pixels.length; from += area) {
      RealVector known = neighbours.known(pixels, from);
      double[] found =
          known.getNorm() == 0
              ? new double[known.getDimension()]
              : solver.solve(neighbours, known).toArray();
      for (int i = 0; i < found.length; i++) {
        double more = noise == null ? 0 : NOISE * noise.nextGaussian();
        filled[from + neighbours.places[i]] = (float) (found[i] + more);
      }
    }
    return filled;
  }

  /** What the removed pixels ask of one another: symmetric, since each pair has one weight. */
  private static final class Neighbours extends RealLinearOperator {
    private static final int EACH = 8;

    /** Where the removed pixels are. */
    private final int[] places;

    /** Number of each pixel among those removed, or -1. */
    private final int[] numbers;

    /** Pixels around each removed one, or -1 beyond the edge. */
    private final int[] around;

    /** The weights of the neighbours that there are. */
    private final double[] totals;

    Neighbours(int height, int width, boolean[] removed) {
      numbers = new int[removed.length];
      int count = 0;
      for (int at = 0; at < removed.length; at++) {
        numbers[at] = removed[at] ? count++ : -1;
      }
      places = new int[count];
      around = new int[EACH * count];
      totals = new double[count];
      for (int at = 0; at < removed.length; at++) {
        if (numbers[at] >= 0) {
          add(numbers[at], at, height, width);
        }
      }
    }

    private void add(int number, int at, int height, int width) {
      places[number] = at;
      for (int side = 0; side < EACH; side++) {
        // The eight places around, without the one in the middle.
        int step = side < EACH / 2 ? side : side + 1;
        int row = at / width + step / 3 - 1;
        int column = at % width + step % 3 - 1;
        boolean inside = row >= 0 && row < height && column >= 0 && column < width;
        around[EACH * number + side] = inside ? row * width + column : -1;
        totals[number] += inside ? weight(side) : 0;
      }
    }

    private static double weight(int side) {
      return side == 1 || side == 3 || side == 4 || side == 6 ? BESIDE : DIAGONAL;
    }

    /** The part of each sum that does not depend on other removed pixels. */
    RealVector known(float[] pixels, int from) {
      double[] known = new double[places.length];
      for (int i = 0; i < around.length; i++) {
        if (around[i] >= 0 && numbers[around[i]] < 0) {
          known[i / EACH] += weight(i % EACH) * pixels[from + around[i]];
        }
      }
      return new ArrayRealVector(known, false);
    }

    @Override
    public int getRowDimension() {
      return places.length;
    }

    @Override
    public int getColumnDimension() {
      return places.length;
    }

    @Override
    public RealVector operate(RealVector values) {
      double[] all = values.toArray();
      double[] sums = new double[all.length];
      for (int i = 0; i < all.length; i++) {
        double sum = totals[i] * all[i];
        for (int side = 0; side < EACH; side++) {
          int place = around[EACH * i + side];
          if (place >= 0 && numbers[place] >= 0) {
            sum -= weight(side) * all[numbers[place]];
          }
        }
        sums[i] = sum;
      }
      return new ArrayRealVector(sums, false);
    }
  }
}
