package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/** Grad-CAM: the mean gradient of each feature map (arXiv:1610.02391, eq. 1). */
public record GradCam() implements CamMethod {
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
  public Map<String, String> parameters() {
    return Map.of();
  }
}
