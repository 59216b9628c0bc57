package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Grad-CAM++ with derivatives averaged over noisy copies of the image (arXiv:1908.01224, eq. 4 to
 * 6). Weights come from the averaged derivatives; the activations that are summed are those of the
 * clean image.
 *
 * @param noise number of copies of each image, sigma and its unit, seed
 * @param score what is differentiated
 * @param numerator the derivative in the numerator of alpha
 * @param alpha how alpha is scaled
 */
public record SmoothGradCamPlusPlus(
    NoisePlan noise, ScoreTransform score, AlphaNumerator numerator, AlphaScaling alpha)
    implements CamMethod {
  @Override
  public String name() {
    return "smooth-grad-cam++";
  }

  @Override
  public int highestOrder() {
    return 3;
  }

  @Override
  public NDArray weights(LayerTrace trace) {
    return Alphas.weights(trace, numerator, alpha);
  }

  @Override
  public Optional<NDArray> weightErrors(LayerTrace trace, double rounding) {
    return Optional.of(Alphas.weightErrors(trace, numerator, alpha, rounding));
  }

  @Override
  public Optional<NDArray> sampleWeights(NDArray activations, NDArray scale, NDArray gradients) {
    long pairs = activations.getShape().get(0);
    long maps = activations.getShape().get(1);
    NDArray sums = activations.sum(new int[] {2, 3}).reshape(pairs, 1, maps, 1, 1);
    return Optional.of(
        Alphas.sampleWeights(sums, gradients, scale.reshape(pairs, 1, 1, 1, 1), numerator, alpha));
  }

  @Override
  public Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put("samples", String.valueOf(noise.samples()));
    parameters.put("sigma", String.valueOf(noise.sigma()));
    parameters.put("noise-scale", noise.scale().name().toLowerCase(Locale.ROOT));
    parameters.put("seed", String.valueOf(noise.seed()));
    parameters.put("score", score.name().toLowerCase(Locale.ROOT));
    parameters.put("numerator", numerator.name().toLowerCase(Locale.ROOT));
    parameters.put("alpha", alpha.name().toLowerCase(Locale.ROOT));
    return parameters;
  }
}
