package io.camatlas.spark.concept;

import io.camatlas.config.ConceptOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Settings;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.suggest.NearestName;

/**
 * One concept job, checked.
 *
 * @param run the run whose images are ranked
 * @param given a value for each of {@link ConceptOptions#ALL}
 */
public record ConceptJobSettings(FinishedRun run, Settings given) {
  public ConceptJobSettings {
    run.requireRule(given.get(ConceptOptions.RULE));
    String layer = given.optional(ConceptOptions.LAYER).orElse("");
    if (!layer.isEmpty() && !run.layers().contains(layer)) {
      throw new IllegalArgumentException(
          "`layer` is '"
              + layer
              + "', which the run does not have"
              + NearestName.clause(layer, run.layers())
              + "; it has "
              + run.layers()
              + ".");
    }
  }

  /** The layer in whose feature maps the direction is found. */
  public String layer() {
    return given
        .optional(ConceptOptions.LAYER)
        .filter(name -> !name.isEmpty())
        .orElse(run.layers().get(0));
  }

  /** What the examples show. */
  public String name() {
    return given
        .optional(ConceptOptions.NAME)
        .filter(name -> !name.isBlank())
        .orElseGet(
            () ->
                given
                    .get(ConceptOptions.EXAMPLES)
                    .replaceFirst("/+$", "")
                    .replaceFirst("^.*/", "")
                    .replaceFirst("\\.(txt|csv|lst)$", ""));
  }

  /** The folder for the results. */
  public String out() {
    return given.get(ExplainOptions.OUT);
  }
}
