package io.camatlas.cam;

import java.io.Serializable;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegrator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;

/**
 * Points on the straight way from the mean colour to the image, at which derivatives are taken so
 * that their weighted mean is the integral along the way: those of the Gauss-Legendre quadrature.
 *
 * @param steps number of points; 0 means the image alone
 */
public record StraightPath(int steps) implements Serializable {
  /** The image alone. */
  public static final StraightPath NONE = new StraightPath(0);

  /** The largest number of points that a run may use. */
  public static final int MOST_STEPS = 500;

  /**
   * Keeps what it has computed, which takes long for many points. Commons Math comes with Spark,
   * and whoever only asks for a rule's name has no Spark.
   */
  private static final class Computed {
    static final GaussIntegratorFactory POINTS = new GaussIntegratorFactory();
  }

  public StraightPath {
    if (steps < 0 || steps > MOST_STEPS) {
      throw new IllegalArgumentException(
          "path-steps is " + steps + "; it must be from 1 to " + MOST_STEPS + ".");
    }
  }

  /** Whether derivatives are taken on the way rather than at the image. */
  public boolean isLong() {
    return steps > 0;
  }

  private GaussIntegrator points() {
    return Computed.POINTS.legendre(steps, 0, 1);
  }

  /** Where the points are: 0 is the mean colour, 1 the image. */
  public float[] positions() {
    GaussIntegrator points = points();
    float[] positions = new float[steps];
    for (int i = 0; i < steps; i++) {
      positions[i] = (float) points.getPoint(i);
    }
    return positions;
  }

  /** What the derivative at each point counts in the mean; they add up to 1. */
  public float[] weights() {
    GaussIntegrator points = points();
    float[] weights = new float[steps];
    for (int i = 0; i < steps; i++) {
      weights[i] = (float) points.getWeight(i);
    }
    return weights;
  }
}
