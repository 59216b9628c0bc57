package io.camatlas.spark.results;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * What makes explanations comparable: model, input, layers, targets, the rule and its parameters.
 * Starts of {@code explain} that agree in these are one run, wherever their images came from.
 *
 * @param id names it in all tables: the run's own, with the rule's number where it has several
 * @param model the model's name
 * @param modelSha256 of the archive, in hexadecimal
 * @param input shape and preprocessing of its input
 * @param method the rule's name
 * @param parameters of the rule
 */
public record AtlasRun(
    String id,
    String model,
    String modelSha256,
    String input,
    String method,
    Map<String, String> parameters)
    implements Serializable {
  public AtlasRun {
    parameters = new TreeMap<>(parameters);
  }

  /** One of the rules of a run of {@code explain}. */
  public static AtlasRun of(FinishedRun run, int index) {
    RunRule rule = run.rules().get(index);
    String id = run.rules().size() == 1 ? run.id() : run.id() + "." + (index + 1);
    String input = run.input() + " " + run.preprocessing();
    return new AtlasRun(
        id, run.model(), run.modelSha256(), input, rule.method(), rule.parameters());
  }
}
