package io.camatlas.concepts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/**
 * Finds the direction that tells examples of a concept from other images: ridge regression of ±1 on
 * standardised mean activations, in which examples and others weigh alike.
 *
 * <p>With z the standardised activations, c the images' weights (those of the examples add up to a
 * half, and so do the others'), z̄ the weighted mean and y = ±1, it minimises Σ c (y − w·(z − z̄))²
 * + λ|w|². λ is a share of Σ c |z − z̄|², the one of {@link #SHARES} whose predictions of left-out
 * images rank best; of equals, the largest. The direction in the space of activations is w / σ.
 */
public final class ConceptFit {
  /** Values of λ that are tried, as shares of the total variance, the largest first. */
  public static final List<Double> SHARES = List.of(10.0, 1.0, 0.1, 0.01, 0.001);

  private static final int FOLDS = 5;

  private final Scales scales;

  /**
   * @param scales of the activations over all images
   */
  public ConceptFit(Scales scales) {
    this.scales = scales;
  }

  /**
   * Mean and standard deviation of each feature map's mean activation over all images, in units of
   * activation, {@code [K]}.
   */
  public record Scales(double[] mean, double[] deviation) {}

  /**
   * How well a direction tells left-out images apart.
   *
   * @param folds parts of which each was left out once
   * @param auroc area under the ROC curve over all left-out images
   * @param examplesTaken share of the examples that are taken for examples
   * @param othersTaken share of the others that are taken for examples
   */
  public record Validation(int folds, double auroc, double examplesTaken, double othersTaken) {
    /** Mean of the shares of examples and of others that are told rightly. */
    public double accuracy() {
      return (examplesTaken + 1 - othersTaken) / 2;
    }
  }

  /**
   * A direction that was found.
   *
   * @param share λ, as a share of the total variance
   */
  public record Fitted(ConceptVector vector, double share, Validation validation) {}

  /**
   * Finds a direction, and λ with it.
   *
   * @param examples mean activations of images that show the concept, {@code [n][K]}
   * @param others those of other images
   * @param seed of the division into folds
   * @throws IllegalArgumentException if there are fewer than two examples or two others, or if the
   *     two do not differ
   */
  public Fitted fit(List<float[]> examples, List<float[]> others, long seed) {
    List<Validation> tried =
        SHARES.stream().map(share -> validate(examples, others, share, seed)).toList();
    double best = tried.stream().mapToDouble(Validation::auroc).max().orElseThrow();
    double least = best - Math.sqrt(best * (1 - best) / Math.min(examples.size(), others.size()));
    int chosen = 0;
    while (tried.get(chosen).auroc() < least) {
      chosen++;
    }
    double share = SHARES.get(chosen);
    return new Fitted(fit(examples, others, share), share, tried.get(chosen));
  }

  /** Finds a direction with a given λ, as a share of the total variance; its scale is 1. */
  public ConceptVector fit(List<float[]> examples, List<float[]> others, double share) {
    Ridge ridge = ridge(examples, others, share);
    int maps = scales.mean().length;
    double[] unit = new double[maps];
    double square = 0;
    for (int k = 0; k < maps; k++) {
      unit[k] = scales.deviation()[k] > 0 ? ridge.weights[k] / scales.deviation()[k] : 0;
      square += unit[k] * unit[k];
    }
    if (!(square > 0)) {
      throw new IllegalArgumentException(
          "The examples and the other images have the same mean activations; nothing tells them"
              + " apart.");
    }
    double at = 0;
    double middle = 0;
    for (int k = 0; k < maps; k++) {
      unit[k] /= Math.sqrt(square);
      at += unit[k] * scales.mean()[k];
      middle += unit[k] * (scales.mean()[k] + ridge.middle[k] * scales.deviation()[k]);
    }
    return new ConceptVector(unit, at, 1, middle - at);
  }

  /** Leaves each of some parts out once. */
  public Validation validate(
      List<float[]> examples, List<float[]> others, double share, long seed) {
    int folds = Math.min(FOLDS, Math.min(examples.size(), others.size()));
    if (folds < 2) {
      throw new IllegalArgumentException(
          "A concept needs at least 2 examples and 2 other images; there are "
              + examples.size()
              + " and "
              + others.size()
              + ".");
    }
    List<float[]> first = shuffled(examples, seed);
    List<float[]> second = shuffled(others, seed + 1);
    double[] ofExamples = new double[first.size()];
    double[] ofOthers = new double[second.size()];
    for (int fold = 0; fold < folds; fold++) {
      Ridge ridge = ridge(without(first, fold, folds), without(second, fold, folds), share);
      predict(ridge, first, fold, folds, ofExamples);
      predict(ridge, second, fold, folds, ofOthers);
    }
    double right = Arrays.stream(ofExamples).filter(one -> one > 0).count();
    double wrong = Arrays.stream(ofOthers).filter(one -> one > 0).count();
    return new Validation(
        folds, auroc(ofExamples, ofOthers), right / ofExamples.length, wrong / ofOthers.length);
  }

  private static List<float[]> shuffled(List<float[]> vectors, long seed) {
    List<float[]> copy = new ArrayList<>(vectors);
    Collections.shuffle(copy, new Random(seed));
    return copy;
  }

  private static List<float[]> without(List<float[]> vectors, int fold, int folds) {
    List<float[]> kept = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      if (i % folds != fold) {
        kept.add(vectors.get(i));
      }
    }
    return kept;
  }

  private void predict(Ridge ridge, List<float[]> all, int fold, int folds, double[] scores) {
    for (int i = fold; i < scores.length; i += folds) {
      double[] z = standardised(all.get(i));
      for (int k = 0; k < z.length; k++) {
        scores[i] += ridge.weights[k] * (z[k] - ridge.middle[k]);
      }
    }
  }

  /**
   * The share of pairs of an example and another image in which the example scores higher; equal
   * scores count half.
   */
  public static double auroc(double[] examples, double[] others) {
    double[] sorted = others.clone();
    Arrays.sort(sorted);
    double sum = 0;
    for (double one : examples) {
      sum += (places(sorted, one, false) + places(sorted, one, true)) / 2.0;
    }
    return sum / ((double) examples.length * others.length);
  }

  /** How many of the sorted numbers are below a number, or not above it. */
  private static int places(double[] sorted, double number, boolean withEqual) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < number || (withEqual && sorted[middle] == number)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private double[] standardised(float[] vector) {
    double[] z = new double[vector.length];
    for (int k = 0; k < z.length; k++) {
      double deviation = scales.deviation()[k];
      z[k] = deviation > 0 ? (vector[k] - scales.mean()[k]) / deviation : 0;
    }
    return z;
  }

  /**
   * @param weights w
   * @param middle z̄
   */
  private record Ridge(double[] weights, double[] middle) {}

  /** Solved for the images, of which there are fewer than feature maps or about as many. */
  private Ridge ridge(List<float[]> examples, List<float[]> others, double share) {
    int images = examples.size() + others.size();
    int maps = scales.mean().length;
    double[][] rows = new double[images][];
    double[] roots = new double[images];
    double[] middle = new double[maps];
    for (int i = 0; i < images; i++) {
      boolean example = i < examples.size();
      rows[i] = standardised(example ? examples.get(i) : others.get(i - examples.size()));
      double weight = 0.5 / (example ? examples.size() : others.size());
      roots[i] = Math.sqrt(weight);
      for (int k = 0; k < maps; k++) {
        middle[k] += weight * rows[i][k];
      }
    }
    double trace = 0;
    double[] targets = new double[images];
    for (int i = 0; i < images; i++) {
      for (int k = 0; k < maps; k++) {
        rows[i][k] = roots[i] * (rows[i][k] - middle[k]);
        trace += rows[i][k] * rows[i][k];
      }
      targets[i] = i < examples.size() ? roots[i] : -roots[i];
    }
    // Standardised numbers have a variance near 1; less than this is rounding.
    if (!(trace > 1e-9 * maps)) {
      return new Ridge(new double[maps], middle);
    }
    double[][] products = new double[images][images];
    for (int i = 0; i < images; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int k = 0; k < maps; k++) {
          sum += rows[i][k] * rows[j][k];
        }
        products[i][j] = sum;
        products[j][i] = sum;
      }
      products[i][i] += share * trace;
    }
    double[] solution =
        new CholeskyDecomposition(new Array2DRowRealMatrix(products, false), 1e-12, 0)
            .getSolver()
            .solve(new ArrayRealVector(targets, false))
            .toArray();
    double[] weights = new double[maps];
    for (int i = 0; i < images; i++) {
      for (int k = 0; k < maps; k++) {
        weights[k] += solution[i] * rows[i][k];
      }
    }
    return new Ridge(weights, middle);
  }
}
