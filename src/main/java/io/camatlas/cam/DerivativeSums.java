package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Sums of powers of gradients over noise samples, taken in parts so that the device holds one part
 * at a time.
 *
 * <p>D_p = 1/n sum_m v_m g_m^p with v_m = 1, or exp(S_m - max S) for {@link ScoreTransform#EXP};
 * the maximum found so far is kept, and earlier sums are rescaled when a larger one is found. So
 * are they where a larger gradient is found.
 */
public final class DerivativeSums {
  private final NDManager manager;
  private final ScoreTransform score;
  private final NDArray[] sums;
  private NDArray scale;
  private NDArray largest;
  private NDArray highestScore;
  private long samples;

  /**
   * Starts with no samples.
   *
   * @param manager owns the sums until it is closed
   * @param highestOrder the highest power that is summed, at least 1
   */
  public DerivativeSums(NDManager manager, int highestOrder, ScoreTransform score) {
    this.manager = manager;
    this.score = score;
    this.sums = new NDArray[highestOrder];
  }

  /**
   * Adds some samples of every pair.
   *
   * @param gradients dS/dA, {@code [N,m,K,h,w]}; divided by the scale in place
   * @param scores S, {@code [N,m]}; may be null unless samples are weighted by them
   */
  public void add(NDArray gradients, NDArray scores) {
    Shape shape = gradients.getShape();
    long pairs = shape.get(0);
    enlargeScale(gradients, pairs);
    gradients.divi(scale.reshape(pairs, 1, 1, 1, 1));
    NDArray weights = sampleWeights(scores, pairs, shape.get(1));
    NDArray power = gradients;
    for (int order = 1; order <= sums.length; order++) {
      if (order == 2) {
        power = gradients.mul(gradients);
      } else if (order > 2) {
        power.muli(gradients);
      }
      NDArray part = (weights == null ? power : power.mul(weights)).sum(new int[] {1});
      if (sums[order - 1] == null) {
        sums[order - 1] = kept(part);
      } else {
        sums[order - 1].addi(part);
      }
    }
    samples += shape.get(1);
  }

  /**
   * Makes the scale fit the largest gradient so far. Sums are of numbers up to about one then,
   * however samples are divided into parts.
   */
  private void enlargeScale(NDArray gradients, long pairs) {
    NDArray flat = gradients.reshape(pairs, -1);
    int[] row = {1};
    NDArray most = flat.max(row).maximum(flat.min(row).neg());
    NDArray joint = largest == null ? most : most.maximum(largest);
    NDArray none = Scalars.isZero(joint);
    // Dividing by a power of two does not round, so a denominator of zero stays zero.
    NDArray exponent = joint.add(none).log2().floor();
    NDArray two = gradients.getManager().full(new Shape(1), 2f, DataType.FLOAT32);
    NDArray next = two.pow(exponent).reshape(pairs, 1, 1, 1);
    if (largest != null) {
      // Where all gradients were zero so far, so are their sums.
      NDArray some = Scalars.isNotZero(largest).reshape(pairs, 1, 1, 1);
      NDArray shrink = scale.div(next).mul(some);
      NDArray power = shrink;
      for (int order = 0; order < sums.length; order++) {
        sums[order].muli(power);
        power = power.mul(shrink);
      }
    }
    largest = kept(joint);
    scale = kept(next);
  }

  /** v_m as {@code [N,m,1,1,1]}, or null where all are one. */
  private NDArray sampleWeights(NDArray scores, long pairs, long parts) {
    if (score == ScoreTransform.LOGIT) {
      return null;
    }
    NDArray highest = scores.max(new int[] {1}, true);
    if (highestScore != null) {
      NDArray joint = highest.maximum(highestScore);
      NDArray shrink = highestScore.sub(joint).exp().reshape(pairs, 1, 1, 1);
      for (NDArray sum : sums) {
        sum.muli(shrink);
      }
      highest = joint;
    }
    highestScore = kept(highest);
    return scores.sub(highestScore).exp().reshape(pairs, parts, 1, 1, 1);
  }

  private NDArray kept(NDArray array) {
    array.attach(manager);
    return array;
  }

  /** The scale of each pair so far, {@code [N,1,1,1]}; null before the first {@link #add}. */
  public NDArray scale() {
    return scale;
  }

  /**
   * The sums of several groups of pairs as those of one, in their order.
   *
   * @param some sums of as many samples each, at least one
   */
  public static DerivativeSums joined(NDManager manager, List<DerivativeSums> some) {
    DerivativeSums first = some.get(0);
    if (some.size() == 1) {
      return first;
    }
    DerivativeSums joined = new DerivativeSums(manager, first.sums.length, first.score);
    for (int order = 0; order < first.sums.length; order++) {
      int of = order;
      joined.sums[order] = joined.kept(concat(some, one -> one.sums[of]));
    }
    joined.scale = joined.kept(concat(some, DerivativeSums::scale));
    joined.samples = first.samples;
    return joined;
  }

  private static NDArray concat(
      List<DerivativeSums> some, Function<DerivativeSums, NDArray> array) {
    return NDArrays.concat(new NDList(some.stream().map(array).toList()), 0);
  }

  /**
   * The means over all samples added.
   *
   * @param activations of the clean images, {@code [N,K,h,w]}
   */
  public LayerTrace trace(NDArray activations) {
    List<NDArray> means = new ArrayList<>();
    for (NDArray sum : sums) {
      means.add(sum.div(Scalars.of(sum, (double) samples)));
    }
    return new LayerTrace(activations, means, scale);
  }
}
