package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * Score-CAM: each feature map, enlarged to the image and scaled to 0 to 1, masks the image; its
 * weight is the softmax over all feature maps of the class's scores (arXiv:1910.01279, algorithm
 * 1). The score of the baseline image is the same for all and cancels.
 */
public record ScoreCam() implements PerturbationMethod {
  @Override
  public String name() {
    return "score-cam";
  }

  @Override
  public Changed changed() {
    return Changed.INPUT;
  }

  @Override
  public long copies(long maps, long height, long width) {
    return maps;
  }

  @Override
  public NDArray factors(NDArray activations, Shape input, int first, int size) {
    Shape shape = activations.getShape();
    int height = (int) shape.get(2);
    int width = (int) shape.get(3);
    int inputHeight = (int) input.get(2);
    int inputWidth = (int) input.get(3);
    NDManager manager = activations.getManager();
    NDArray some =
        activations
            .get(new NDIndex("0, " + first + ":" + (first + size)))
            .reshape((long) size * height, width);
    NDArray wide =
        some.matMul(enlarging(manager, width, inputWidth)).reshape(size, height, inputWidth);
    NDArray tall =
        wide.transpose(0, 2, 1)
            .reshape((long) size * inputWidth, height)
            .matMul(enlarging(manager, height, inputHeight))
            .reshape(size, inputWidth, inputHeight)
            .transpose(0, 2, 1);
    NDArray pixels = tall.reshape(size, (long) inputHeight * inputWidth);
    int[] row = {1};
    NDArray least = pixels.min(row, true);
    NDArray range = pixels.max(row, true).sub(least);
    // A feature map that is the same everywhere hides the whole image.
    return pixels
        .sub(least)
        .div(range.add(Scalars.isZero(range)))
        .reshape(size, 1, inputHeight, inputWidth);
  }

  /** Bilinear interpolation between centres of cells, {@code [from,to]}; edges are repeated. */
  private static NDArray enlarging(NDManager manager, int from, int to) {
    float[] shares = new float[from * to];
    for (int i = 0; i < to; i++) {
      double at = Math.max(0, (i + 0.5) * from / to - 0.5);
      int low = Math.min(from - 1, (int) at);
      int high = Math.min(from - 1, low + 1);
      float share = (float) (at - low);
      shares[low * to + i] += 1 - share;
      shares[high * to + i] += share;
    }
    return manager.create(shares, new Shape(from, to));
  }

  @Override
  public NDArray weights(NDArray activations, NDArray scores, NDArray changed) {
    Shape shape = changed.getShape();
    return changed.softmax(1).reshape(shape.get(0), shape.get(1), 1, 1);
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new ScoreCam();
    }

    @Override
    public String formula() {
      return "w = softmax over k of S(x · A_k, enlarged and scaled to 0 to 1)";
    }

    @Override
    public String source() {
      return "Wang et al. 2020 (arXiv:1910.01279), algorithm 1";
    }
  }
}
