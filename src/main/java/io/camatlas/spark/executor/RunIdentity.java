package io.camatlas.spark.executor;

import io.camatlas.config.ExplainOptions;
import io.camatlas.config.ModelOptions;
import io.camatlas.config.Option;
import io.camatlas.config.Scope;
import io.camatlas.explain.ExplainSettings;
import io.camatlas.explain.Rule;
import io.camatlas.image.Sha256;
import io.camatlas.model.GridLayout;
import io.camatlas.model.ProbePlan;
import io.camatlas.model.ProbedLayer;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.RunRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What makes two starts the same run: everything that affects the results for an image, but not
 * where images come from or how the work is distributed.
 *
 * @param id name of the run in folders and tables; begins with a letter, so that it cannot be
 *     mistaken for a number
 * @param layers names of the layers explained
 * @param rules each with its parameters and selections of feature maps and neurons
 * @param tableRun values that all rows share
 */
public record RunIdentity(
    String id, List<String> layers, List<RunRule> rules, ExplanationsTable.Run tableRun) {
  private static final int DIGITS = 12;

  /** Options whose effect is seen in the model, the card, the layers, targets, rules or limits. */
  private static final Set<String> TOLD_BY_EFFECT =
      Stream.of(
              ModelOptions.ALL.stream(),
              ExplainOptions.ofMethods().stream(),
              Stream.of(
                  ExplainOptions.LAYER,
                  ExplainOptions.LAYOUT,
                  ExplainOptions.ALLOW_RANDOM,
                  ExplainOptions.TARGETS,
                  ExplainOptions.SCORE_OVER,
                  ExplainOptions.METHOD,
                  ExplainOptions.SAMPLES,
                  ExplainOptions.SIGMA,
                  ExplainOptions.NOISE_SCALE,
                  ExplainOptions.SEED,
                  ExplainOptions.FILTERS,
                  ExplainOptions.PER_FILTER,
                  ExplainOptions.SUBSET,
                  ExplainOptions.REGION,
                  ExplainOptions.NO_SHORTCUT,
                  ExplainOptions.MAX_PIXELS,
                  ExplainOptions.MAX_BYTES))
          .flatMap(Function.identity())
          .map(Option::name)
          .collect(Collectors.toUnmodifiableSet());

  /**
   * All others that affect an image's result: parameters of each rule where they are set. How many
   * probabilities are kept decides what numbers can be of all images.
   */
  private static final List<Option<?>> TOLD_BY_VALUE =
      Stream.concat(
              ExplainOptions.RECIPE.stream()
                  .filter(option -> option.scope() == Scope.PER_IMAGE)
                  .filter(option -> !TOLD_BY_EFFECT.contains(option.name())),
              Stream.of(ExplainOptions.PROBABILITIES))
          .toList();

  /** Names of the methods, each once. */
  public String methods() {
    return rules.stream().map(RunRule::method).distinct().collect(Collectors.joining(", "));
  }

  /** The layouts that are not those of convolutions; of several layers with their names. */
  private static String layouts(List<ProbedLayer> layers) {
    return layers.stream()
        .filter(layer -> !layer.layout().equals(GridLayout.CHANNELS_FIRST))
        .map(layer -> (layers.size() > 1 ? layer.name() + " " : "") + layer.layout())
        .collect(Collectors.joining(", "));
  }

  /** Where noise is not sampled, since it would change no gradient. */
  private static Optional<String> closedForm(ExplainSettings explain, Rule rule, ProbePlan plan) {
    List<ProbedLayer> own = ExplainSettings.layersOf(rule.method(), plan);
    List<String> closed =
        own.stream()
            .filter(layer -> explain.isClosedForm(rule.method(), layer))
            .map(ProbedLayer::name)
            .toList();
    if (closed.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "closed form" + (closed.size() < own.size() ? " at " + String.join(", ", closed) : ""));
  }

  public static RunIdentity of(ExplainRecipe recipe) {
    ExplainSettings explain = recipe.explain();
    List<String> layers = recipe.model().plan().layers().stream().map(ProbedLayer::name).toList();
    List<RunRule> rules = new ArrayList<>();
    for (Rule rule : explain.rules()) {
      Map<String, String> parameters = new TreeMap<>(rule.parameters());
      for (Option<?> option : TOLD_BY_VALUE) {
        String value = recipe.given().texts().getOrDefault(option.name(), option.defaultValue());
        if (!value.equals(option.defaultValue())) {
          parameters.put(option.name(), value);
        }
      }
      String layouts = layouts(recipe.model().plan().layers());
      if (!layouts.isEmpty()) {
        parameters.put(ExplainOptions.LAYOUT.name(), layouts);
      }
      if (recipe.model().plan().pixels().isDense()) {
        parameters.put(ExplainOptions.SCORE_OVER.name(), explain.over().text());
      }
      if (recipe.card().scores().isMultiLabel()) {
        parameters.put(ModelOptions.SCORES.name(), recipe.card().scores().text());
        if (!recipe.card().thresholds().isEmpty()) {
          parameters.put(ModelOptions.THRESHOLD.name(), FinishedRun.thresholds(recipe.card()));
        }
      }
      if (recipe.model().plan().check().random()) {
        parameters.put("random", "allowed");
      }
      closedForm(explain, rule, recipe.model().plan())
          .ifPresent(where -> parameters.put("gradients", where));
      rules.add(new RunRule(rule.method().name(), parameters));
    }
    String all =
        String.join(
            "\n",
            recipe.model().sha256(),
            recipe.given().get(ModelOptions.ENTRY),
            recipe.given().get(ModelOptions.OUTPUT),
            recipe.card().identity(),
            recipe.model().plan().input().toString(),
            layers.toString(),
            explain.targets().toString(),
            explain.rules().stream().map(rule -> rule.filters().toString()).toList().toString(),
            explain.limits().toString(),
            rules.toString());
    return new RunIdentity(
        "r" + Sha256.of(all).substring(0, DIGITS),
        layers,
        rules,
        new ExplanationsTable.Run(
            recipe.card().name(), recipe.model().sha256(), rules, recipe.card().classes()));
  }
}
