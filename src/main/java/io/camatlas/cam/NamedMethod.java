package io.camatlas.cam;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A rule that can be chosen by name in the settings.
 *
 * @param name the rule's own name, as in settings and tables
 * @param parameters the parameters it has, apart from noise
 * @param maker creates the rule from its parameters
 */
public record NamedMethod(
    String name, List<MethodParameter<?>> parameters, Function<Parameters, CamMethod> maker) {
  /** All rules, in the order of the help: one line each, the default first. */
  public static final List<NamedMethod> ALL =
      Stream.<Function<Parameters, CamMethod>>of(
              p ->
                  new SmoothGradCamPlusPlus(
                      p.noise,
                      p.get(ScoreTransform.PARAMETER),
                      p.get(AlphaNumerator.PARAMETER),
                      p.get(AlphaScaling.PARAMETER)),
              p ->
                  new GradCamPlusPlus(
                      p.get(ScoreTransform.PARAMETER), p.get(AlphaScaling.PARAMETER)),
              p -> new GradCam(),
              p -> new Cam(),
              p -> new XGradCam(),
              p -> new LayerCam())
          .map(NamedMethod::of)
          .toList();

  private static NamedMethod of(Function<Parameters, CamMethod> maker) {
    Parameters asked = new Parameters(NoisePlan.NONE, MethodParameter::byDefault);
    String name = maker.apply(asked).name();
    return new NamedMethod(name, List.copyOf(asked.asked), maker);
  }

  /** Values of the parameters of all rules; each rule asks for those it has. */
  public static final class Parameters {
    private final NoisePlan noise;
    private final Function<MethodParameter<?>, Object> values;
    private final Set<MethodParameter<?>> asked = new LinkedHashSet<>();

    /**
     * @param noise the noisy copies that derivatives are averaged over
     * @param values gives the value of a parameter, which must have the parameter's type
     */
    public Parameters(NoisePlan noise, Function<MethodParameter<?>, Object> values) {
      this.noise = noise;
      this.values = values;
    }

    /** The value of a parameter. */
    <T> T get(MethodParameter<T> parameter) {
      asked.add(parameter);
      return parameter.type().cast(values.apply(parameter));
    }
  }

  /** Creates the rule with these parameters. */
  public CamMethod with(Parameters given) {
    return maker.apply(given);
  }

  /** The names of all rules. */
  public static List<String> names() {
    return ALL.stream().map(NamedMethod::name).toList();
  }

  /** The parameters of all rules, each once. */
  public static List<MethodParameter<?>> allParameters() {
    return ALL.stream()
        .<MethodParameter<?>>flatMap(method -> method.parameters.stream())
        .distinct()
        .toList();
  }

  /** Finds a rule by name. */
  public static Optional<NamedMethod> of(String name) {
    return ALL.stream().filter(method -> method.name.equals(name)).findFirst();
  }
}
