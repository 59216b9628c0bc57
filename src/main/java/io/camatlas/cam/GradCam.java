package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.Optional;

/** Grad-CAM: the mean gradient of each feature map (arXiv:1610.02391, eq. 1). */
public record GradCam() implements GradientMethod {
  private static final int[] SPACE = {2, 3};

  @Override
  public String name() {
    return "grad-cam";
  }

  @Override
  public int highestOrder() {
    return 1;
  }

  @Override
  public NDArray weights(LayerTrace trace) {
    Shape shape = trace.activations().getShape();
    return trace
        .gradient()
        .sum(SPACE, true)
        .div(Scalars.of(trace.scale(), (double) shape.get(2) * shape.get(3)));
  }

  @Override
  public Optional<NDArray> sampleWeights(NDArray activations, NDArray scale, NDArray gradients) {
    return Optional.of(gradients.sum(new int[] {3, 4}));
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new GradCam();
    }

    @Override
    public String formula() {
      return "w_k = mean of g over the grid";
    }

    @Override
    public String source() {
      return "Selvaraju et al. 2017 (arXiv:1610.02391), eq. 1";
    }
  }
}
