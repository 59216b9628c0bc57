package io.camatlas.atlas;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How a layer's feature maps respond to a dataset, whatever the class. Every image counts once.
 * Changes in place; not thread-safe.
 */
public final class ActivationState {
  private final VectorMoments activations;
  private final long[] dead;
  private final Quantiles[] quantiles;

  /** Of no image yet, of K feature maps. */
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
   * Takes one image in.
   *
   * @throws IllegalArgumentException if it has another number of feature maps
   */
  public void add(ExplainedRow row) {
    float[] means = row.meanActivations();
    activations.add(means, 1);
    for (int k = 0; k < dead.length; k++) {
      if (row.maxActivations()[k] <= 0) {
        dead[k]++;
      }
      quantiles[k].add(means[k]);
    }
  }

  /**
   * Takes another part in.
   *
   * @throws IllegalArgumentException if it has another number of feature maps
   */
  public void merge(ActivationState other) {
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
    return quantiles[map];
  }

  void write(DataOutput out) throws IOException {
    activations.write(out);
    for (int k = 0; k < dead.length; k++) {
      out.writeLong(dead[k]);
      quantiles[k].write(out);
    }
  }

  static ActivationState read(DataInput in) throws IOException {
    VectorMoments activations = VectorMoments.read(in);
    int maps = activations.length();
    ActivationState state = new ActivationState(activations, new long[maps], new Quantiles[maps]);
    for (int k = 0; k < maps; k++) {
      state.dead[k] = in.readLong();
      state.quantiles[k] = Quantiles.read(in);
    }
    return state;
  }
}
