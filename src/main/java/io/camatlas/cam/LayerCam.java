package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * LayerCAM: every neuron is weighted by its own positive gradient (Jiang et al., IEEE TIP 2021, eq.
 * 6 and 7).
 */
public record LayerCam() implements GradientMethod {
  @Override
  public String name() {
    return "layer-cam";
  }

  @Override
  public int highestOrder() {
    return 1;
  }

  @Override
  public NDArray weights(LayerTrace trace) {
    return Scalars.positive(trace.gradient());
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new LayerCam();
    }

    @Override
    public String formula() {
      return "w = relu(g) at each neuron";
    }

    @Override
    public String source() {
      return "Jiang et al. 2021 (IEEE TIP), eq. 6 and 7";
    }
  }
}
