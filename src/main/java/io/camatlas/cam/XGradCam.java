package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;

/**
 * XGrad-CAM: the gradient weighted by each neuron's share of its feature map's activation
 * (arXiv:2008.02312, eq. 8); zero where that sum is zero.
 */
public record XGradCam() implements GradientMethod {
  private static final int[] SPACE = {2, 3};

  @Override
  public String name() {
    return "xgrad-cam";
  }

  @Override
  public int highestOrder() {
    return 1;
  }

  @Override
  public NDArray weights(LayerTrace trace) {
    NDArray a = trace.activations();
    return Alphas.quotient(a.mul(trace.gradient()).sum(SPACE, true), a.sum(SPACE, true));
  }

  @Override
  public Optional<NDArray> sampleWeights(NDArray activations, NDArray scale, NDArray gradients) {
    long pairs = activations.getShape().get(0);
    long maps = activations.getShape().get(1);
    NDArray products = gradients.mul(activations.expandDims(1)).sum(new int[] {3, 4});
    NDArray sums = activations.sum(SPACE).reshape(pairs, 1, maps);
    return Optional.of(Alphas.quotient(products, sums));
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new XGradCam();
    }

    @Override
    public String formula() {
      return "w_k = sum of g · A_k over the grid / sum of A_k";
    }

    @Override
    public String source() {
      return "Fu et al. 2020 (arXiv:2008.02312), eq. 8";
    }
  }
}
