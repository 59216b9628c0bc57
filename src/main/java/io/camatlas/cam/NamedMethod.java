package io.camatlas.cam;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Every rule that settings can name, by the name that it has itself: one line each. */
public enum NamedMethod {
  SMOOTH_GRAD_CAM_PLUS_PLUS(p -> new SmoothGradCamPlusPlus(p.noise, p.score, p.numerator, p.alpha)),
  GRAD_CAM_PLUS_PLUS(p -> new GradCamPlusPlus(p.score, p.alpha)),
  GRAD_CAM(p -> new GradCam()),
  CAM(p -> new Cam()),
  XGRAD_CAM(p -> new XGradCam()),
  LAYER_CAM(p -> new LayerCam());

  /**
   * What rules may be told; each takes what it knows.
   *
   * @param noise which noisy copies derivatives are averaged over
   * @param score what is differentiated
   * @param numerator the derivative above the line of alpha
   * @param alpha whether alphas are divided by their sum
   */
  public record Parameters(
      NoisePlan noise, ScoreTransform score, AlphaNumerator numerator, AlphaScaling alpha) {
    private static final Parameters ANY =
        new Parameters(
            NoisePlan.NONE, ScoreTransform.LOGIT, AlphaNumerator.SECOND, AlphaScaling.RAW);
  }

  private interface Maker {
    CamMethod of(Parameters parameters);
  }

  private final String written;
  private final Maker maker;

  NamedMethod(Maker maker) {
    this.written = maker.of(Parameters.ANY).name();
    this.maker = maker;
  }

  /** The name, as settings and tables have it. */
  public String written() {
    return written;
  }

  /** The rule with these parameters. */
  public CamMethod with(Parameters parameters) {
    return maker.of(parameters);
  }

  /** All names, in the order of the help. */
  public static List<String> names() {
    return Arrays.stream(values()).map(NamedMethod::written).toList();
  }

  /** The rule of a name. */
  public static Optional<NamedMethod> of(String name) {
    return Arrays.stream(values()).filter(method -> method.written.equals(name)).findFirst();
  }
}
