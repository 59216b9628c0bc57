package io.camatlas.cam;

import java.util.ArrayList;
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
  private static final NoisePlan SOME = new NoisePlan(1, 0.15, NoiseScale.RANGE, 0);

  /** All rules, in the order of the help: the default first, those of other jars last. */
  public static final List<NamedMethod> ALL = all();

  private static List<NamedMethod> all() {
    List<NamedMethod> found = new ArrayList<>();
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
      } catch (ServiceConfigurationError e) {
        // The class may belong to another copy of this program, as notebooks have.
        LOG.log(System.Logger.Level.WARNING, "A rule is left out: " + e.getMessage());
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
    for (NamedMethod other : found) {
      if (other.name.equals(method.name)) {
        return "%s has the name '%s' already; give it another."
            .formatted(other.provider.getClass().getName(), method.name);
      }
      for (MethodParameter<?> parameter : method.parameters) {
        if (other.parameters.stream()
            .anyMatch(own -> own.name().equals(parameter.name()) && !own.equals(parameter))) {
          return "its parameter '%s' differs from that of '%s'; use the same or another name."
              .formatted(parameter.name(), other.name);
        }
      }
    }
    return "";
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
