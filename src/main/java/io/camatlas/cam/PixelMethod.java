package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * A rule that asks which pixels of the image matter: the score is differentiated with respect to
 * the network's input, whichever layers others explain. No feature map is weighed, and all weights
 * are 0.
 */
public interface PixelMethod extends GradientMethod {
  /** The grid that maps are pooled to. */
  PixelGrid grid();

  /**
   * How much each pixel matters.
   *
   * @param trace the normalised images, {@code [N,C,H,W]}, as activations, and their derivatives
   * @return {@code [N,H,W]}, in the trace's manager; it is pooled to the grid, and what is negative
   *     then counts as 0
   */
  NDArray pixels(LayerTrace trace);

  @Override
  default Map<String, String> parameters() {
    return Map.of(PixelGrid.PARAMETER.name(), String.valueOf(grid().side()));
  }

  @Override
  default boolean weighsFeatureMaps() {
    return false;
  }

  @Override
  default NDArray weights(LayerTrace trace) {
    NDArray images = trace.activations();
    Shape shape = images.getShape();
    return images
        .getManager()
        .zeros(new Shape(shape.get(0), shape.get(1), 1, 1), images.getDataType());
  }
}
