package io.camatlas.spark.concept;

import io.camatlas.config.ConceptOptions;
import io.camatlas.config.ExplainOptions;
import io.camatlas.config.Settings;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.suggest.NearestName;
import java.util.List;

/**
 * One concept job, checked.
 *
 * @param run the run whose images are ranked
 * @param given a value for each of {@link ConceptOptions#ALL}
 */
public record ConceptJobSettings(FinishedRun run, Settings given) {
  public ConceptJobSettings {
    int rule = given.get(ConceptOptions.RULE);
    run.requireRule(rule);
    if (rule < run.rules().size() && !run.rules().get(rule).weighsFeatureMaps()) {
      throw new IllegalArgumentException(
          "`rule` is %d, %s, which does not weigh feature maps; a concept is a direction among a layer's feature maps, so choose a rule that does, or explain the images with one."
              .formatted(rule, run.rules().get(rule).method()));
    }
    List<String> layers = run.layersOf(rule);
    String layer = given.optional(ConceptOptions.LAYER).orElse("");
    if (!layer.isEmpty() && !layers.contains(layer)) {
      throw new IllegalArgumentException(
          "`layer` is '"
              + layer
              + "', which the run does not have"
              + NearestName.clause(layer, layers)
              + "; it has "
              + layers
              + ".");
    }
  }

  /** The layer in whose feature maps the direction is found. */
  public String layer() {
    return given
        .optional(ConceptOptions.LAYER)
        .filter(name -> !name.isEmpty())
        .orElseGet(() -> run.layersOf(given.get(ConceptOptions.RULE)).get(0));
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
