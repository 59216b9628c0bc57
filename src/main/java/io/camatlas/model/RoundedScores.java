package io.camatlas.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.camatlas.torchscript.ArchiveException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far scores of images of noise are from those of 32 bits, where weights are rounded: a number
 * beyond the range of 16 bits may change what a network says and leave every score finite.
 *
 * <p>Measured with 60 networks, from four layers to DenseNet-121: scores differ by up to 0.7 % of
 * the largest in float16 and by up to 5 % in bfloat16, which is a third and a half of {@link
 * Precision#scoreTolerance}.
 *
 * @param difference the largest difference, as a share of the largest score
 * @param share the difference as a share of what distinguishes the images, both as root mean
 *     squares: 1 where scores say nothing of the image any more
 */
record RoundedScores(double difference, double share) {
  /** Of networks whose scores are not near constant, float16 has shown 0.25 at most. */
  private static final double MOST = 0.5;

  /**
   * Compares with the same archive in 32 bits.
   *
   * @param probed the archive
   * @param images {@code [N,C,H,W]}, on the CPU
   * @param scores of each image, of the rounded network
   */
  static RoundedScores of(Path probed, NDArray images, float[][] scores) {
    List<float[]> exact = new ArrayList<>();
    List<float[]> rounded = new ArrayList<>();
    try (Network network = Network.load(probed, Device.cpu(), Precision.FLOAT32)) {
      for (int i = 0; i < scores.length; i++) {
        float[] own = network.scores(images.get(i + ":" + (i + 1))).toFloatArray();
        // An image that is too large by itself shows in each run, and is told then.
        if (isFinite(own) && isFinite(scores[i])) {
          exact.add(own);
          rounded.add(scores[i]);
        }
      }
    }
    return between(exact, rounded);
  }

  private static boolean isFinite(float[] scores) {
    for (float score : scores) {
      if (!Float.isFinite(score)) {
        return false;
      }
    }
    return true;
  }

  /** Compares scores, by images. */
  static RoundedScores between(List<float[]> exact, List<float[]> rounded) {
    if (exact.isEmpty()) {
      return new RoundedScores(0, 0);
    }
    double most = 0;
    double scale = 0;
    double off = 0;
    double spread = 0;
    for (int c = 0; c < exact.get(0).length; c++) {
      double mean = 0;
      for (float[] own : exact) {
        mean += own[c] / (double) exact.size();
      }
      for (int i = 0; i < exact.size(); i++) {
        double own = exact.get(i)[c];
        double difference = Math.abs(rounded.get(i)[c] - own);
        most = Math.max(most, difference);
        scale = Math.max(scale, Math.abs(own));
        off += difference * difference;
        spread += (own - mean) * (own - mean);
      }
    }
    return new RoundedScores(
        most / (scale > 0 ? scale : 1), off == 0 ? 0 : Math.sqrt(off / spread));
  }

  /**
   * Refuses a precision that is not fit for the network.
   *
   * @throws ArchiveException if scores differ by more than rounding explains, and by so much that
   *     they hardly tell images apart
   */
  void require(Precision precision) {
    if (difference > precision.scoreTolerance() && share > MOST) {
      throw new ArchiveException(
          "`precision` is "
              + precision
              + ", with which the model's scores of images of noise are off by "
              + percent()
              + " of the largest score, where rounding explains "
              + String.format(Locale.ROOT, "%.2g %%", 100 * precision.scoreTolerance())
              + ". A weight or a statistic of batch norm may be too large or too small for it. Set"
              + " `precision` to "
              + (precision == Precision.FLOAT16 ? "bfloat16 or " : "")
              + "float32.");
    }
  }

  private String percent() {
    return String.format(Locale.ROOT, "%.2g %%", 100 * difference);
  }
}
