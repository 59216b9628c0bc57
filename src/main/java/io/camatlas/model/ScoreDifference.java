package io.camatlas.model;

/** How far scores are from those that they should equal. */
public final class ScoreDifference {
  private ScoreDifference() {}

  /** The largest finite score, in absolute value; 0 if there is none. */
  public static double scale(float[] scores) {
    double scale = 0;
    for (float score : scores) {
      scale = Math.max(scale, Float.isFinite(score) ? Math.abs(score) : 0);
    }
    return scale;
  }

  /**
   * The largest difference, as a share of a scale; infinite where a number is missing on one side
   * only, or the numbers of scores differ.
   *
   * @param scale above 0, else 1 is taken
   */
  public static double of(float[] scores, float[] expected, double scale) {
    if (scores.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double most = 0;
    for (int i = 0; i < scores.length; i++) {
      if (Float.compare(scores[i], expected[i]) != 0 && scores[i] != expected[i]) {
        double difference = Math.abs((double) scores[i] - expected[i]);
        most = Math.max(most, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
      }
    }
    return most / (scale > 0 ? scale : 1);
  }
}
