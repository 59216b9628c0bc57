package io.camatlas.setup;

import io.camatlas.config.CompareOptions;
import io.camatlas.config.GivenSettings;
import io.camatlas.spark.compare.CompareJobSettings;
import io.camatlas.spark.compare.ComparedSide;
import java.util.Optional;

/** The settings of {@code camatlas compare}. */
public final class CompareSetup {
  private CompareSetup() {}

  /**
   * Checks everything that can be checked before Spark starts.
   *
   * @throws io.camatlas.config.SettingsException with all problems
   */
  public static CompareJobSettings resolve(GivenSettings given) {
    Optional<ComparedSide> from =
        given.build(
            () ->
                ComparedSide.open(
                    CompareOptions.FROM.name(),
                    given.get(CompareOptions.FROM),
                    given.optional(CompareOptions.LAYER),
                    given.get(CompareOptions.RULE)));
    Optional<ComparedSide> with = given.build(() -> with(given, from));
    Optional<CompareJobSettings> settings =
        from.flatMap(
            first ->
                with.flatMap(
                    second ->
                        given.build(
                            () -> new CompareJobSettings(first, second, given.settings()))));
    given.check();
    return settings.orElseThrow();
  }

  private static ComparedSide with(GivenSettings given, Optional<ComparedSide> from) {
    String path = given.get(CompareOptions.WITH);
    int rule = given.get(CompareOptions.WITH_RULE);
    Optional<String> asked =
        given.optional(CompareOptions.WITH_LAYER).filter(name -> !name.isEmpty());
    ComparedSide side = ComparedSide.open(CompareOptions.WITH.name(), path, asked, rule);
    boolean same =
        asked.isEmpty()
            && from.isPresent()
            && side.run().layersOf(rule).contains(from.get().layer());
    return same
        ? ComparedSide.open(CompareOptions.WITH.name(), path, from.map(ComparedSide::layer), rule)
        : side;
  }
}
