package io.camatlas.cam;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A rule that settings can name.
 *
 * @param name as the rule itself has it, in settings and tables
 * @param maker the rule with its parameters
 */
public record NamedMethod(String name, Function<Parameters, CamMethod> maker) {
  /** Every rule, in the order of the help: one line each, the default first. */
  public static final List<NamedMethod> ALL =
      Stream.<Function<Parameters, CamMethod>>of(
              p -> new SmoothGradCamPlusPlus(p.noise, p.score, p.numerator, p.alpha),
              p -> new GradCamPlusPlus(p.score, p.alpha),
              p -> new GradCam(),
              p -> new Cam(),
              p -> new XGradCam(),
              p -> new LayerCam())
          .map(maker -> new NamedMethod(maker.apply(Parameters.ANY).name(), maker))
          .toList();

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

  /** The rule with these parameters. */
  public CamMethod with(Parameters parameters) {
    return maker.apply(parameters);
  }

  /** The names of all. */
  public static List<String> names() {
    return ALL.stream().map(NamedMethod::name).toList();
  }

  /** The rule of a name. */
  public static Optional<NamedMethod> of(String name) {
    return ALL.stream().filter(method -> method.name.equals(name)).findFirst();
  }
}
