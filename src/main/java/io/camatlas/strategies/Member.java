package io.camatlas.strategies;

import io.camatlas.atlas.ExplainedRow;

/**
 * What is compared of an image.
 *
 * @param map where the network looked, row by row, at most {@value #MOST_CELLS} rows and columns,
 *     scaled to sum to 1; zeros if it is blank
 * @param weights w_k of the feature maps, {@code [K]}
 * @param activations mean of A_k, {@code [K]}
 */
public record Member(float[] map, float[] weights, float[] activations) {
  /** Finer maps are compared on so many rows and columns, or they would fill the memory. */
  public static final int MOST_CELLS = 56;

  /**
   * What is compared of an explanation.
   *
   * @param leftOut feature maps that say nothing of an image, {@code [K]}; they count as zero
   */
  public static Member of(ExplainedRow row, boolean[] leftOut) {
    float[] map = row.map().within(MOST_CELLS).values().clone();
    double sum = 0;
    for (float cell : map) {
      sum += cell;
    }
    for (int i = 0; i < map.length; i++) {
      map[i] = sum > 0 ? (float) (map[i] / sum) : 0;
    }
    return new Member(
        map,
        without(row.featureMaps().weights(), leftOut),
        without(row.featureMaps().meanActivations(), leftOut));
  }

  /** Whether the network looked nowhere. */
  boolean isBlank() {
    for (float cell : map) {
      if (cell != 0) {
        return false;
      }
    }
    return true;
  }

  private static float[] without(float[] values, boolean[] leftOut) {
    float[] kept = values.clone();
    for (int k = 0; k < kept.length && k < leftOut.length; k++) {
      kept[k] = leftOut[k] ? 0 : kept[k];
    }
    return kept;
  }
}
