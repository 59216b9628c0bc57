package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * CAM: the weights of the linear layer after global average pooling (Zhou et al., CVPR 2016, eq.
 * 2). They are computed from the gradient, which equals the weight divided by h·w at every neuron
 * of such networks.
 */
public record Cam() implements GradientMethod {
  private static final int[] SPACE = {2, 3};

  @Override
  public String name() {
    return "cam";
  }

  @Override
  public int highestOrder() {
    return 1;
  }

  @Override
  public boolean needsLinearHead() {
    return true;
  }

  @Override
  public NDArray weights(LayerTrace trace) {
    return trace.gradient().sum(SPACE, true);
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new Cam();
    }

    @Override
    public String formula() {
      return "w_k = weight of the fully connected layer behind global average pooling";
    }

    @Override
    public String source() {
      return "Zhou et al. 2016 (CVPR), eq. 2";
    }
  }
}
