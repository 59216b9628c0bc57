package io.camatlas.cam;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A rule that can be chosen by name in the settings.
 *
 * @param name the rule's own name, as in settings and tables
 * @param parameters the parameters it has, apart from noise
 * @param noisy whether it averages over noisy copies, where there are any
 * @param cost what an image costs in passes through the network
 * @param provider makes it, and knows its formula and its source
 */
public record NamedMethod(
    String name,
    List<MethodParameter<?>> parameters,
    boolean noisy,
    String cost,
    MethodProvider provider) {
  private static final System.Logger LOG = System.getLogger(NamedMethod.class.getName());
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+([-+.][a-z0-9]+)*\\+*");

  /** The rules of this jar, in the order of the help: one line each, the default first. */
  private static final List<MethodProvider> OWN =
      List.of(
          new SmoothGradCamPlusPlus.Provider(),
          new GradCamPlusPlus.Provider(),
          new GradCam.Provider(),
          new Cam.Provider(),
          new XGradCam.Provider(),
          new LayerCam.Provider(),
          new Smoothed.Provider(new GradCam.Provider()),
          new Smoothed.Provider(new XGradCam.Provider()),
          new Smoothed.Provider(new LayerCam.Provider()),
          new EigenCam.Provider(),
          new ScoreCam.Provider(),
          new AblationCam.Provider(),
          new Occlusion.Provider(),
          new Saliency.Provider(),
          new SmoothGrad.Provider(1),
          new SmoothGrad.Provider(2),
          new GradientXInput.Provider(),
          new IntegratedGradients.Provider());

  private static final NoisePlan SOME = new NoisePlan(1, 0.15, NoiseScale.RANGE, 0);

  /** All rules, in the order of the help: the default first, those of other jars last. */
  public static final List<NamedMethod> ALL = all();

  private static List<NamedMethod> all() {
    List<NamedMethod> found = new ArrayList<>();
    OWN.forEach(provider -> found.add(of(provider)));
    ClassLoader own = NamedMethod.class.getClassLoader();
    load(own, found);
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null && context != own) {
      load(context, found);
    }
    return List.copyOf(found);
  }

  /** Adds the rules that a class loader finds. */
  static void load(ClassLoader loader, List<NamedMethod> found) {
    Iterator<MethodProvider> providers =
        ServiceLoader.load(MethodProvider.class, loader).iterator();
    while (true) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        add(providers.next(), found);
      } catch (ServiceConfigurationError | LinkageError e) {
        // The class may belong to another copy of this program, as notebooks have, or have been
        // compiled for another Java.
        LOG.log(System.Logger.Level.WARNING, "A rule is left out: " + e);
      }
    }
  }

  /** Adds a rule; one that cannot be used is left out, with a warning that says why. */
  static void add(MethodProvider provider, List<NamedMethod> found) {
    if (found.stream().anyMatch(rule -> rule.provider.getClass() == provider.getClass())) {
      return;
    }
    String problem;
    try {
      NamedMethod method = of(provider);
      problem = problem(method, found);
      if (problem.isEmpty()) {
        problem = unstored(method);
      }
      if (problem.isEmpty()) {
        found.add(method);
        return;
      }
    } catch (RuntimeException | LinkageError e) {
      problem = "it throws " + e;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "The rule of " + provider.getClass().getName() + " is left out: " + problem);
  }

  private static String problem(NamedMethod method, List<NamedMethod> found) {
    if (!NAME.matcher(method.name).matches()) {
      return "its name is '%s'; names are lower-case words joined by hyphens."
          .formatted(method.name);
    }
    if (!method.name.contains("-")) {
      return "its name is '%s'; rules of other jars have names of two words or more, such as my-cam."
          .formatted(method.name);
    }
    Set<String> names = new HashSet<>();
    for (MethodParameter<?> parameter : method.parameters) {
      if (!parameter.name().startsWith(method.name + "-") || !names.add(parameter.name())) {
        // An option of the same name would be lost.
        return "its parameter is '%s'; parameters are called after their rule, such as %s-scale, each once."
            .formatted(parameter.name(), method.name);
      }
      Class<?> type = parameter.type();
      if (!type.isEnum() && type != Integer.class && type != Double.class) {
        return "its parameter '%s' is a %s; parameters are enums, Integers or Doubles."
            .formatted(parameter.name(), type.getSimpleName());
      }
    }
    for (NamedMethod other : found) {
      if (other.name.equals(method.name)) {
        return "%s has the name '%s' already; give it another."
            .formatted(other.provider.getClass().getName(), method.name);
      }
      for (MethodParameter<?> parameter : method.parameters) {
        if (other.parameters.stream().anyMatch(own -> own.name().equals(parameter.name()))) {
          return "its parameter '%s' is one of '%s' already; give it another name."
              .formatted(parameter.name(), other.name);
        }
      }
    }
    return "";
  }

  /**
   * Runs with other values of a parameter would be taken for the same run if it were not stored.
   */
  private static String unstored(NamedMethod method) {
    CamMethod made = method.with(new Parameters(SOME, MethodParameter::byDefault));
    return method.parameters.stream()
        .map(MethodParameter::name)
        .filter(name -> !made.parameters().containsKey(name))
        .findFirst()
        .map(
            name ->
                "it asks for '%s', but its parameters() do not have it, so that results would not tell one value from another."
                    .formatted(name))
        .orElse("");
  }

  private static NamedMethod of(MethodProvider provider) {
    Parameters asked = new Parameters(SOME, MethodParameter::byDefault);
    CamMethod made = provider.method(asked);
    return new NamedMethod(
        made.name(),
        List.copyOf(asked.asked),
        made instanceof GradientMethod gradient && gradient.noise().isNoisy(),
        made.cost(),
        provider);
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

    /** The noise that derivatives may be averaged over. */
    public NoisePlan noise() {
      return noise;
    }

    /** The value of a parameter. */
    public <T> T get(MethodParameter<T> parameter) {
      asked.add(parameter);
      return parameter.type().cast(values.apply(parameter));
    }
  }

  /** Creates the rule with these parameters. */
  public CamMethod with(Parameters given) {
    return provider.method(given);
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
