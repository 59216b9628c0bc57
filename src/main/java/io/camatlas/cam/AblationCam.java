package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * Ablation-CAM: the share of the score that is lost if a feature map is set to zero (Desai and
 * Ramaswamy, WACV 2020). The score is taken by its size: as printed, a negative score would turn
 * the map around.
 */
public record AblationCam() implements PerturbationMethod {
  @Override
  public String name() {
    return "ablation-cam";
  }

  @Override
  public Changed changed() {
    return Changed.LAYER;
  }

  @Override
  public long copies(long maps, long height, long width) {
    return maps;
  }

  @Override
  public NDArray factors(NDArray activations, Shape input, int first, int size) {
    int maps = (int) activations.getShape().get(1);
    float[] factors = new float[size * maps];
    for (int copy = 0; copy < size; copy++) {
      for (int k = 0; k < maps; k++) {
        factors[copy * maps + k] = k == first + copy ? 0 : 1;
      }
    }
    return activations.getManager().create(factors, new Shape(size, maps));
  }

  @Override
  public NDArray weights(NDArray activations, NDArray scores, NDArray changed) {
    Shape shape = changed.getShape();
    NDArray score = scores.reshape(shape.get(0), 1);
    return Alphas.quotient(score.sub(changed), score.abs())
        .reshape(shape.get(0), shape.get(1), 1, 1);
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new AblationCam();
    }

    @Override
    public String formula() {
      return "w_k = (S - S with A_k = 0) / |S|";
    }

    @Override
    public String source() {
      return "Desai and Ramaswamy 2020 (WACV)";
    }
  }
}
