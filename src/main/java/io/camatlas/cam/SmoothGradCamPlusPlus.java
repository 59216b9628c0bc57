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
    implements GradientMethod {
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
    Map<String, String> parameters = new TreeMap<>(noise.parameters());
    parameters.put("score", score.name().toLowerCase(Locale.ROOT));
    parameters.put("numerator", numerator.name().toLowerCase(Locale.ROOT));
    parameters.put("alpha", alpha.name().toLowerCase(Locale.ROOT));
    return parameters;
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new SmoothGradCamPlusPlus(
          given.noise(),
          given.get(ScoreTransform.PARAMETER),
          given.get(AlphaNumerator.PARAMETER),
          given.get(AlphaScaling.PARAMETER));
    }

    @Override
    public String formula() {
      return "w_k = sum of alpha · relu(D1), alpha = D2 / (2 D2 + sum of A_k · D3), D averaged over noisy copies";
    }

    @Override
    public String source() {
      return "Omeiza et al. 2019 (arXiv:1908.01224), eq. 4 to 6";
    }
  }
}
