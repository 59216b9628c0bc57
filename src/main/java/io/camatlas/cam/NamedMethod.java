package io.camatlas.cam;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A rule that can be chosen by name in the settings.
 *
 * @param name the rule's own name, as in settings and tables
 * @param maker creates the rule from its parameters
 */
public record NamedMethod(String name, Function<Parameters, CamMethod> maker) {
  /** All rules, in the order of the help: one line each, the default first. */
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
   * Parameters of all rules; each rule uses those it has.
   *
   * @param noise the noisy copies that derivatives are averaged over
   * @param score what is differentiated
   * @param numerator the derivative in the numerator of alpha
   * @param alpha whether alphas are divided by their sum
   */
  public record Parameters(
      NoisePlan noise, ScoreTransform score, AlphaNumerator numerator, AlphaScaling alpha) {
    private static final Parameters ANY =
        new Parameters(
            NoisePlan.NONE, ScoreTransform.LOGIT, AlphaNumerator.SECOND, AlphaScaling.RAW);
  }

  /** Creates the rule with these parameters. */
  public CamMethod with(Parameters parameters) {
    return maker.apply(parameters);
  }

  /** The names of all rules. */
  public static List<String> names() {
    return ALL.stream().map(NamedMethod::name).toList();
  }

  /** Finds a rule by name. */
  public static Optional<NamedMethod> of(String name) {
    return ALL.stream().filter(method -> method.name.equals(name)).findFirst();
  }
}
