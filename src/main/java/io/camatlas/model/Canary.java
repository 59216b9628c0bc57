package io.camatlas.model;

import ai.djl.ndarray.NDManager;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The scores of one fixed image of noise, computed when the model was prepared. A device on which
 * the model gives others is not to be believed.
 *
 * @param scores of the model as it came, on the CPU
 * @param tolerance the share of the largest score by which another device may differ
 */
public record Canary(List<Float> scores, double tolerance) implements Serializable {
  static final long SEED = 2;

  /** Other devices add in another order. */
  private static final double DEVICES = 20;

  private static final double LEAST = 2e-3;

  /** Convolutions that round as tf32 although the network does not. */
  private static final double TF32 = 5e-2;

  public Canary {
    scores = List.copyOf(scores);
  }

  static Canary of(float[] scores, ScoreCheck check) {
    List<Float> list = new ArrayList<>();
    for (float score : scores) {
      list.add(score);
    }
    return new Canary(list, Math.max(LEAST, DEVICES * check.tolerance()));
  }

  /**
   * Runs the image.
   *
   * @return the largest difference, as a share of the largest score
   * @throws ScoresDifferException if it is more than rounding explains
   * @throws NetworkException if the model fails
   */
  public double check(Network network, InputShape input) {
    float[] expected = new float[scores.size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = scores.get(i);
    }
    try (NDManager manager = network.newManager()) {
      float[] found = network.scores(new NoiseImages(input, SEED).next(manager, 1)).toFloatArray();
      double difference = ScoreDifference.of(found, expected, ScoreDifference.scale(expected));
      boolean rounds =
          network.device().isGpu() && !"0".equals(System.getenv("NVIDIA_TF32_OVERRIDE"));
      double limit = rounds ? Math.max(TF32, tolerance) : tolerance;
      if (!(difference <= limit)) {
        throw ScoresDifferException.onDevice(difference, limit, network.device());
      }
      return difference;
    }
  }
}
