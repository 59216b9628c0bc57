package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.TreeMap;

/**
 * The gradient of the image, averaged over noisy copies (Smilkov et al. 2017, arXiv:1706.03825, eq.
 * 1), and then the largest absolute value over the colours of each pixel.
 *
 * @param power what is averaged: 1 for the gradient itself, 2 for its square (Hooker et al. 2019,
 *     arXiv:1806.10758, section 4.1), of which the largest is taken then
 * @param noise number of copies of each image, sigma and its unit, seed
 * @param grid what maps are pooled to
 */
public record SmoothGrad(int power, NoisePlan noise, PixelGrid grid) implements PixelMethod {
  @Override
  public String name() {
    return power == 2 ? "smooth-grad-squared" : "smooth-grad";
  }

  @Override
  public int highestOrder() {
    return power;
  }

  @Override
  public NDArray pixels(LayerTrace trace) {
    NDArray mean = trace.gradient();
    if (power == 2) {
      mean = trace.scaled(2).mul(trace.scale()).mul(trace.scale());
    }
    return Saliency.largest(mean);
  }

  @Override
  public Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>(PixelMethod.super.parameters());
    parameters.putAll(noise.parameters());
    return parameters;
  }

  /** Brings the rule. */
  record Provider(int power) implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new SmoothGrad(power, given.noise(), new PixelGrid(given.get(PixelGrid.PARAMETER)));
    }

    @Override
    public String formula() {
      return power == 2
          ? "pixel = max over colours of the mean of (dS/dx)^2 over noisy copies"
          : "pixel = max over colours of |mean of dS/dx over noisy copies|";
    }

    @Override
    public String source() {
      return power == 2
          ? "Hooker et al. 2019 (arXiv:1806.10758), section 4.1"
          : "Smilkov et al. 2017 (arXiv:1706.03825), eq. 1";
    }
  }
}
