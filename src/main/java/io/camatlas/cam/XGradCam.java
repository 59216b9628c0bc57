package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * XGrad-CAM: the gradient weighted by each neuron's share of its feature map's activation
 * (arXiv:2008.02312, eq. 8); zero where that sum is zero.
 */
public record XGradCam() implements CamMethod {
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
  public Map<String, String> parameters() {
    return Map.of();
  }
}
