package io.camatlas.cam;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Maps with one denominator near zero, in 32 bits and in 64. */
class WeightErrorsTest {
  private static final int MAPS = 12;
  private static final int SIDE = 5;
  private static final int CELLS = SIDE * SIDE;
  private static final int SAMPLES = 3;
  private static final int TRIALS = 800;
  private static final double ROUNDING = 3e-7;

  /** How far rounding of gradients through a network may be. */
  private static final double NETWORK = ROUNDING;

  private record Trial(double estimate, double difference) {}

  @ParameterizedTest
  @EnumSource(AlphaScaling.class)
  void errorsTellWhichMapsDiffer(AlphaScaling scaling) {
    List<Trial> trials = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < TRIALS; i++) {
      trials.add(trial(random, scaling));
    }
    List<Trial> differ = trials.stream().filter(one -> one.difference > 1e-2).toList();
    List<Trial> agree = trials.stream().filter(one -> one.difference < 1e-4).toList();
    assertThat(differ).hasSizeGreaterThan(scaling == AlphaScaling.RAW ? 100 : 2);
    assertThat(agree).hasSizeGreaterThan(50);
    assertThat(differ.stream().filter(one -> one.estimate > 1e-3).count())
        .as("marked of %d that differ", differ.size())
        .isGreaterThanOrEqualTo(Math.round(Math.ceil(0.95 * differ.size())));
    assertThat(agree.stream().filter(one -> one.estimate > 1e-3).count())
        .as("marked of %d that agree", agree.size())
        .isLessThanOrEqualTo((long) (0.05 * agree.size()));
  }

  private static Trial trial(Random random, AlphaScaling scaling) {
    double[][] gradients = new double[SAMPLES][MAPS * CELLS];
    double[] activations = new double[MAPS * CELLS];
    for (int i = 0; i < activations.length; i++) {
      activations[i] = random.nextGaussian();
      for (double[] sample : gradients) {
        sample[i] = random.nextGaussian() * Math.exp(0.3 * random.nextGaussian());
      }
    }
    nearZero(random, gradients, activations);
    double[] exact = new double[CELLS];
    map(gradients, activations, scaling, exact);
    try (NDManager manager = NDManager.newBaseManager()) {
      float[] rounded = new float[SAMPLES * MAPS * CELLS];
      for (int m = 0; m < SAMPLES; m++) {
        for (int i = 0; i < MAPS * CELLS; i++) {
          double off = 1 + NETWORK * random.nextGaussian();
          rounded[m * MAPS * CELLS + i] = (float) (gradients[m][i] * off);
        }
      }
      float[] single = new float[activations.length];
      for (int i = 0; i < single.length; i++) {
        single[i] = (float) (activations[i] * (1 + NETWORK * random.nextGaussian()));
      }
      DerivativeSums sums = new DerivativeSums(manager, 3, ScoreTransform.LOGIT);
      sums.add(
          manager.create(rounded, new Shape(1, SAMPLES, MAPS, SIDE, SIDE)),
          manager.zeros(new Shape(1, SAMPLES)));
      LayerTrace trace = sums.trace(manager.create(single, new Shape(1, MAPS, SIDE, SIDE)));
      NDArray weights = Alphas.weights(trace, AlphaNumerator.SECOND, scaling);
      NDArray errors = Alphas.weightErrors(trace, AlphaNumerator.SECOND, scaling, ROUNDING);
      float[] found =
          SaliencyMaps.combine(
                  weights, trace.activations(), FeatureMapSelection.ALL, new NeuronSelection.All())
              .toFloatArray();
      float[] off =
          SaliencyMaps.errors(
                  errors, trace.activations(), FeatureMapSelection.ALL, new NeuronSelection.All())
              .toFloatArray();
      double highest = 0;
      double most = 0;
      double estimate = 0;
      double reference = 0;
      for (int i = 0; i < CELLS; i++) {
        highest = Math.max(highest, found[i]);
        reference = Math.max(reference, exact[i]);
        most = Math.max(most, Math.abs(found[i] - exact[i]));
        estimate = Math.max(estimate, off[i]);
      }
      return new Trial(estimate / highest, most / reference);
    }
  }

  /** Shifts the activations of one feature map, so that a denominator is close to zero. */
  private static void nearZero(Random random, double[][] gradients, double[] activations) {
    int map = random.nextInt(MAPS);
    int neuron = map * CELLS;
    double d1 = 0;
    double d2 = 0;
    double d3 = 0;
    for (double[] sample : gradients) {
      sample[neuron] = Math.abs(sample[neuron]) + 0.1;
      d1 += sample[neuron] / SAMPLES;
      d2 += Math.pow(sample[neuron], 2) / SAMPLES;
      d3 += Math.pow(sample[neuron], 3) / SAMPLES;
    }
    double wanted = -2 * d2 / d3 * (1 + Math.pow(10, -9 * random.nextDouble()));
    double sum = 0;
    for (int i = neuron; i < neuron + CELLS; i++) {
      sum += activations[i];
    }
    for (int i = neuron; i < neuron + CELLS; i++) {
      activations[i] += (wanted - sum) / CELLS;
    }
    assertThat(d1).isPositive();
  }

  /** The definition, in 64 bits. */
  private static void map(
      double[][] gradients, double[] activations, AlphaScaling scaling, double[] map) {
    for (int k = 0; k < MAPS; k++) {
      double sum = 0;
      for (int i = k * CELLS; i < (k + 1) * CELLS; i++) {
        sum += activations[i];
      }
      double weight = 0;
      double total = 0;
      for (int i = k * CELLS; i < (k + 1) * CELLS; i++) {
        double d1 = 0;
        double d2 = 0;
        double d3 = 0;
        for (double[] sample : gradients) {
          d1 += sample[i] / SAMPLES;
          d2 += Math.pow(sample[i], 2) / SAMPLES;
          d3 += Math.pow(sample[i], 3) / SAMPLES;
        }
        double alpha = d2 / (2 * d2 + sum * d3);
        if (d1 > 0) {
          weight += alpha * d1;
          total += alpha;
        }
      }
      double used = scaling == AlphaScaling.NORMALIZED && total != 0 ? weight / total : weight;
      for (int i = 0; i < CELLS; i++) {
        map[i] += used * activations[k * CELLS + i];
      }
    }
    for (int i = 0; i < CELLS; i++) {
      map[i] = Math.max(0, map[i]);
    }
  }
}
