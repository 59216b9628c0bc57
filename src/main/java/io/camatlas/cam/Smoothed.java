package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A rule whose derivatives are averaged over noisy copies of the image, as SmoothGrad averages
 * (arXiv:1706.03825, eq. 1) and as Smooth Grad-CAM++ does for its own (arXiv:1908.01224). The
 * activations are those of the clean image.
 *
 * @param rule computes weights from the averages
 * @param noise number of copies of each image, sigma and its unit, seed
 */
public record Smoothed(GradientMethod rule, NoisePlan noise) implements GradientMethod {
  @Override
  public String name() {
    return "smooth-" + rule.name();
  }

  @Override
  public int highestOrder() {
    return rule.highestOrder();
  }

  @Override
  public ScoreTransform score() {
    return rule.score();
  }

  @Override
  public boolean needsLinearHead() {
    return rule.needsLinearHead();
  }

  @Override
  public NDArray weights(LayerTrace trace) {
    return rule.weights(trace);
  }

  @Override
  public Optional<NDArray> weightErrors(LayerTrace trace, double rounding) {
    return rule.weightErrors(trace, rounding);
  }

  @Override
  public Optional<NDArray> sampleWeights(NDArray activations, NDArray scale, NDArray gradients) {
    return rule.sampleWeights(activations, scale, gradients);
  }

  @Override
  public Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>(rule.parameters());
    parameters.putAll(noise.parameters());
    return parameters;
  }

  /**
   * Brings a rule with noise.
   *
   * @param base brings the rule without; it must make a {@link GradientMethod}
   */
  record Provider(MethodProvider base) implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new Smoothed((GradientMethod) base.method(given), given.noise());
    }

    @Override
    public String formula() {
      return base.formula() + ", with g averaged over noisy copies";
    }

    @Override
    public String source() {
      return base.source() + "; noise as in Smilkov et al. 2017, eq. 1";
    }
  }
}
