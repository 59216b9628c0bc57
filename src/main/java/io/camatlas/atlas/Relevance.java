package io.camatlas.atlas;

/**
 * How much each feature map matters to one explanation: |w_k Σ_ij A_k,ij|.
 *
 * <p>Reused from row to row; not thread-safe.
 */
public final class Relevance {
  private float[] values = {};
  private double total;

  /** Computes the relevance of a row; replaces that of the previous row. */
  public Relevance of(ExplainedRow row) {
    float[] weights = row.featureMaps().weights();
    float[] activations = row.featureMaps().meanActivations();
    if (values.length != weights.length) {
      values = new float[weights.length];
    }
    float cells = row.map().values().length;
    for (int k = 0; k < values.length; k++) {
      values[k] = Math.abs(weights[k] * activations[k]) * cells;
    }
    total = 0;
    for (float value : values) {
      total += value;
    }
    return this;
  }

  /** Relevance of each feature map, {@code [K]}; valid until the next row. */
  public float[] values() {
    return values;
  }

  /** Their sum. */
  public double total() {
    return total;
  }
}
