package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * Eigen-CAM: feature maps are weighted by the first right singular vector of the activations, taken
 * as a matrix of h·w places by K feature maps (arXiv:2008.00299). It asks neither for the class nor
 * for the gradient, so all targets of an image have the same map.
 *
 * <p>The sign of a singular vector is arbitrary; here the map's sum is not negative.
 */
public record EigenCam() implements GradientMethod {
  /** Squarings of a matrix: the other vectors are multiplied by (their share)^(2^12). */
  private static final int SQUARINGS = 12;

  @Override
  public String name() {
    return "eigen-cam";
  }

  @Override
  public int highestOrder() {
    return 0;
  }

  @Override
  public NDArray weights(LayerTrace trace) {
    NDArray activations = trace.activations();
    Shape shape = activations.getShape();
    long images = shape.get(0);
    long maps = shape.get(1);
    NDArray columns = activations.reshape(images, maps, shape.get(2) * shape.get(3));
    NDArray rows = columns.transpose(0, 2, 1);
    boolean fewMaps = maps <= shape.get(2) * shape.get(3);
    // The smaller of the two matrices of products has the same leading vector.
    NDArray products = fewMaps ? columns.batchMatMul(rows) : rows.batchMatMul(columns);
    NDArray leading = leading(products);
    NDArray vectors = fewMaps ? leading : columns.batchMatMul(leading);
    NDArray length = vectors.square().sum(new int[] {1}, true).sqrt();
    NDArray unit = vectors.div(length.add(Scalars.isZero(length)));
    NDArray sum = rows.batchMatMul(unit).sum(new int[] {1}, true);
    NDArray negative = sum.lt(Scalars.of(sum, 0));
    return unit.sub(unit.mul(negative).mul(Scalars.of(sum, 2))).reshape(images, maps, 1, 1);
  }

  /**
   * The leading eigenvector of symmetric matrices {@code [N,d,d]}, up to a factor, {@code [N,d,1]}.
   */
  private static NDArray leading(NDArray symmetric) {
    long images = symmetric.getShape().get(0);
    NDArray power = symmetric;
    for (int i = 0; i < SQUARINGS; i++) {
      NDArray size = power.abs().reshape(images, -1).max(new int[] {1}, true).reshape(images, 1, 1);
      power = power.div(size.add(Scalars.isZero(size)));
      power = power.batchMatMul(power);
    }
    // Every column is a multiple of the vector. One is taken: a sum might cancel.
    int size = (int) power.getShape().get(1);
    NDArray diagonal = power.mul(identity(power)).sum(new int[] {2});
    NDArray longest = diagonal.argMax(1).oneHot(size).toType(power.getDataType(), false);
    return power.batchMatMul(longest.reshape(images, size, 1));
  }

  private static NDArray identity(NDArray matrices) {
    return matrices.getManager().eye((int) matrices.getShape().get(1));
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new EigenCam();
    }

    @Override
    public String formula() {
      return "w = first right singular vector of A as a matrix [h·w, K]";
    }

    @Override
    public String source() {
      return "Muhammad and Yeasin 2020 (arXiv:2008.00299)";
    }
  }
}
