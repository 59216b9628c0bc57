package io.camatlas.cli;

import io.camatlas.cam.MethodParameter;
import io.camatlas.cam.NamedMethod;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.config.Option;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code camatlas rules}: lists the rules that maps can be computed by. */
final class RulesCommand implements Command {
  private static final List<String> NOISE =
      Stream.of(
              ExplainOptions.SAMPLES,
              ExplainOptions.SIGMA,
              ExplainOptions.NOISE_SCALE,
              ExplainOptions.SEED)
          .<String>map(Option::name)
          .toList();

  @Override
  public String name() {
    return "rules";
  }

  @Override
  public List<String> description() {
    return List.of(
        "Lists the rules that maps can be computed by, with their formulas, sources and cost.",
        "Rules of your own come in a jar: camatlas --jars my-rules.jar rules");
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public void run(GivenSettings given) {
    given.check();
    print(System.out, NamedMethod.ALL);
  }

  static void print(PrintStream out, List<NamedMethod> methods) {
    out.println("Values of --method. S: the class's score, A: the layer's feature maps [K,h,w],");
    out.println("g: gradient of S at A, n: --samples, x: the normalised image.");
    out.println(
        "Where a formula gives weights w, the map is relu(sum of w_k · A_k); where it gives");
    out.println("pixels, they are pooled to --pixel-grid cells, and cells below 0 count as 0.");
    for (NamedMethod method : methods) {
      out.println();
      out.println(method.name());
      out.println("  formula  " + method.provider().formula());
      out.println("  source   " + method.provider().source());
      out.println("  passes   " + method.cost());
      String options =
          Stream.concat(
                  method.noisy() ? NOISE.stream() : Stream.of(),
                  method.parameters().stream().map(MethodParameter::name))
              .map(name -> "--" + name)
              .collect(Collectors.joining(", "));
      if (!options.isEmpty()) {
        out.println("  options  " + options);
      }
      if (method.provider().getClass().getClassLoader() != NamedMethod.class.getClassLoader()
          || !method.provider().getClass().getName().startsWith("io.camatlas.")) {
        out.println("  from     " + method.provider().getClass().getName());
      }
    }
  }
}
