package io.camatlas.explain;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.camatlas.model.InputShape;
import io.camatlas.model.Network;
import io.camatlas.model.Network.ForwardPass;
import io.camatlas.model.ProbePlan;
import java.util.Arrays;
import java.util.Random;

/** Times passes over a batch of noise as a run makes them: forward, then back from each target. */
final class NoisePasses {
  private final Network network;
  private final int targets;
  private final int batch;
  private final Shape shape;
  private final float[] pixels;
  private float[] scores = {};

  /**
   * @param network the network to time; the calling thread must have been prepared for it
   * @param targets number of classes that each image is explained for
   * @param batch rows of a pass
   */
  NoisePasses(Network network, int targets, InputShape input, int batch) {
    this.network = network;
    this.targets = targets;
    this.batch = batch;
    this.shape = new Shape(batch, input.channels(), input.height(), input.width());
    this.pixels = new float[batch * input.elements()];
    Random random = new Random(batch);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
  }

  /** Makes one pass. */
  double seconds(ProbePlan plan) {
    long start = System.nanoTime();
    try (NDManager manager = network.newManager()) {
      NDArray rows = manager.create(pixels, shape);
      ForwardPass forward = network.forward(plan, rows);
      for (int target = 0; target < targets; target++) {
        int[] classes = new int[batch];
        Arrays.fill(classes, target);
        // Reading a value waits for the device to finish.
        forward.gradients(classes, target + 1 == targets).forEach(g -> g.sum().getFloat());
      }
      scores = forward.overall().toFloatArray();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** The scores of the last pass, one row after another. */
  float[] scores() {
    return scores;
  }
}
