package io.camatlas.spark.results;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What makes explanations comparable: model, input, layers, targets, the rule and its parameters.
 * Starts of {@code explain} that agree in these are the same run, wherever their images came from.
 *
 * @param model the model's name
 * @param modelSha256 SHA-256 of the archive, in hexadecimal
 * @param input shape and preprocessing of the model's input
 * @param method the rule's name
 * @param parameters the rule's parameters
 * @param superclasses for each class the name of its group, or empty text; empty without groups
 */
public record AtlasRun(
    String model,
    String modelSha256,
    String input,
    String method,
    Map<String, String> parameters,
    List<String> superclasses)
    implements Serializable {
  public AtlasRun {
    superclasses = superclasses == null ? List.of() : List.copyOf(superclasses);
    parameters = parameters == null ? new TreeMap<>() : new TreeMap<>(parameters);
  }

  /**
   * One of the rules of a run of {@code explain}.
   *
   * @param index the rule's index in the run
   */
  public static AtlasRun of(FinishedRun run, int index) {
    RunRule rule = run.rules().get(index);
    String input = run.input() + " " + run.preprocessing();
    return new AtlasRun(
        run.model(),
        run.modelSha256(),
        input,
        rule.method(),
        rule.parameters(),
        run.superclasses());
  }

  /** The name of the rule in the tables of an atlas. */
  public static String name(FinishedRun run, int index) {
    return RunName.of(run.id(), index, run.rules().size()).toString();
  }

  /**
   * Names the rule among all others by the run's start and its model, also among those of runs with
   * the same settings, whose {@link #name} is the same.
   */
  public static String origin(FinishedRun run, int index) {
    String start = run.started() + " " + run.modelSha256();
    return run.rules().size() == 1 ? start : start + " " + (index + 1);
  }
}
