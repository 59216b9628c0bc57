package io.camatlas.atlas;

import java.util.Locale;

/**
 * A number that describes one map, and whose mean and quantiles the atlas keeps for each class.
 *
 * <p>What stands here is gathered, merged, stored and becomes a column of the class's attention.
 */
public enum MapMeasure {
  /** Entropy of the map, in nats. */
  ENTROPY_NATS,
  /** Gini coefficient of the map's cells, 0 to 1. */
  GINI,
  /** Spread of the map's mass, in fractions of its extent. */
  SPREAD,
  /** Position of the peak from the left, 0 to 1, at the cell's centre. */
  PEAK_X,
  /** Position of the peak from the top, 0 to 1, at the cell's centre. */
  PEAK_Y,
  /** Number of connected parts of the map at half its maximum. */
  PARTS_50;

  /** Raised whenever a measure is added, removed or computed in another way. */
  public static final int VERSION = 1;

  /** The name in tables. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The measure of a map that is not blank.
   *
   * @param peak cell of the map's maximum
   */
  public double of(ExplainedRow row, int peak) {
    int width = row.map().width();
    int peakRow = peak / width;
    return switch (this) {
      case ENTROPY_NATS -> row.measures().entropyNats();
      case GINI -> row.measures().gini();
      case SPREAD -> row.measures().spread();
      case PEAK_X -> (peak % width + 0.5) / width;
      case PEAK_Y -> (peakRow + 0.5) / row.map().height();
      case PARTS_50 -> row.measures().parts();
    };
  }
}
