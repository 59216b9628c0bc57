package io.camatlas.config;

import java.util.List;
import java.util.stream.Stream;

/** The options of {@code camatlas strategies}. */
public final class StrategiesOptions {
  public static final Option<Long> SEED =
      Option.wide("strategies-seed")
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPERIMENTS)
          .help(
              "Seed of the order in which images are grouped, and of the halves that show how stable"
                  + " groups are.");

  public static final Option<Boolean> NONE =
      Option.flag("no-strategies")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPERIMENTS)
          .help("Do not look for the ways in which the model comes to each class.");

  /** Options that other commands have too. */
  public static final List<Option<?>> SHARED = List.of(SEED);

  /** The options of an audit. */
  public static final List<Option<?>> OF_AUDIT = List.of(NONE, SEED);

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      Stream.of(
              List.<Option<?>>of(ReportOptions.FROM, ReportOptions.RUNS),
              SHARED,
              List.<Option<?>>of(
                  ExplainOptions.OUT.help("Folder for the tables."),
                  ExplainOptions.OVERWRITE.help(
                      "Replace existing results once the new ones are complete.")))
          .<Option<?>>flatMap(List::stream)
          .toList();

  private StrategiesOptions() {}
}
