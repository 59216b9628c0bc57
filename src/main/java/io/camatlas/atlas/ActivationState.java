package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How a layer's feature maps respond to a dataset, regardless of class. Every image counts once.
 * Mutable; not thread-safe.
 */
public final class ActivationState {
  /** Raised whenever the written format changes; states that hold this one add it to theirs. */
  static final int VERSION = 0;

  private static final int GATHERED = 64;

  /** Feature maps transposed at once: one cache line of floats. */
  private static final int BLOCK = 16;

  private final VectorMoments activations;
  private final long[] dead;
  private final Quantiles[] quantiles;

  /** Rows held back until there are enough to update each sketch in bulk. */
  private final float[][] waiting = new float[GATHERED][];

  private int held;

  /** Creates an empty state for K feature maps. */
  public ActivationState(int maps) {
    this(new VectorMoments(maps), new long[maps], new Quantiles[maps]);
    for (int k = 0; k < maps; k++) {
      quantiles[k] = new Quantiles();
    }
  }

  private ActivationState(VectorMoments activations, long[] dead, Quantiles[] quantiles) {
    this.activations = activations;
    this.dead = dead;
    this.quantiles = quantiles;
  }

  /**
   * Adds one image.
   *
   * @throws StateException if the number of feature maps differs
   */
  public void add(ExplainedRow row) {
    float[] means = row.featureMaps().meanActivations();
    float[] maxima = row.featureMaps().maxActivations();
    activations.add(means, 1);
    for (int k = 0; k < dead.length; k++) {
      dead[k] += maxima[k] > 0 ? 0 : 1;
    }
    waiting[held++] = means;
    if (held == GATHERED) {
      settle();
    }
  }

  private void settle() {
    float[][] columns = new float[BLOCK][held];
    for (int from = 0; from < quantiles.length && held > 0; from += BLOCK) {
      int block = Math.min(BLOCK, quantiles.length - from);
      for (int i = 0; i < held; i++) {
        for (int k = 0; k < block; k++) {
          columns[k][i] = waiting[i][from + k];
        }
      }
      for (int k = 0; k < block; k++) {
        quantiles[from + k].addAll(columns[k]);
      }
    }
    held = 0;
  }

  /**
   * Merges another part into this one.
   *
   * @throws StateException if the number of feature maps differs
   */
  public void merge(ActivationState other) {
    settle();
    other.settle();
    activations.merge(other.activations);
    for (int k = 0; k < dead.length; k++) {
      dead[k] += other.dead[k];
      quantiles[k].merge(other.quantiles[k]);
    }
  }

  /** Mean activation of each feature map over an image, {@code [K]}. */
  public VectorMoments activations() {
    return activations;
  }

  /** Share of the images in which no neuron of a feature map is above zero; NaN without images. */
  public double deadFraction(int map) {
    return activations.count() == 0 ? Double.NaN : (double) dead[map] / activations.count();
  }

  /** Quantiles of one feature map's mean activation. */
  public Quantiles quantiles(int map) {
    settle();
    return quantiles[map];
  }

  void write(DataOutput out) throws IOException {
    settle();
    activations.write(out);
    Bulk.write(out, dead);
    for (Quantiles own : quantiles) {
      own.write(out);
    }
  }

  static ActivationState read(DataInput in) throws IOException {
    VectorMoments activations = VectorMoments.read(in);
    int maps = activations.length();
    ActivationState state =
        new ActivationState(activations, Bulk.longs(in, maps), new Quantiles[maps]);
    for (int k = 0; k < maps; k++) {
      state.quantiles[k] = Quantiles.read(in);
    }
    return state;
  }
}
