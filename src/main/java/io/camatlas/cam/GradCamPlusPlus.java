package io.camatlas.cam;

import ai.djl.ndarray.NDArray;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Grad-CAM++ (arXiv:1710.11063, eq. 5, 7 and 19).
 *
 * @param score what is differentiated
 * @param alpha how alpha is scaled
 */
public record GradCamPlusPlus(ScoreTransform score, AlphaScaling alpha) implements GradientMethod {
  @Override
  public String name() {
    return "grad-cam++";
  }

  @Override
  public int highestOrder() {
    return 3;
  }

  @Override
  public NDArray weights(LayerTrace trace) {
    return Alphas.weights(trace, AlphaNumerator.SECOND, alpha);
  }

  @Override
  public Optional<NDArray> weightErrors(LayerTrace trace, double rounding) {
    return Optional.of(Alphas.weightErrors(trace, AlphaNumerator.SECOND, alpha, rounding));
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of(
        "score", score.name().toLowerCase(Locale.ROOT),
        "alpha", alpha.name().toLowerCase(Locale.ROOT));
  }

  /** Brings the rule. */
  public static final class Provider implements MethodProvider {
    @Override
    public CamMethod method(NamedMethod.Parameters given) {
      return new GradCamPlusPlus(
          given.get(ScoreTransform.PARAMETER), given.get(AlphaScaling.PARAMETER));
    }

    @Override
    public String formula() {
      return "w_k = sum of alpha · relu(g), alpha = g² / (2 g² + sum of A_k · g³)";
    }

    @Override
    public String source() {
      return "Chattopadhay et al. 2018 (arXiv:1710.11063), eq. 5, 7 and 19";
    }
  }
}
