package io.camatlas.config;

import java.util.List;
import java.util.stream.Stream;

/** The options of {@code camatlas causes}. */
public final class CausesOptions {
  public static final Option<Integer> IMAGES_PER_FINDING =
      Option.integer("images-per-finding")
          .from(0)
          .to(10_000)
          .byDefault(64)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPERIMENTS)
          .help(
              "Images of a class to test each suspected place, feature map or second part on, and as"
                  + " many of other classes. 0 tests nothing.");

  public static final Option<Integer> MOST_SUSPECTS =
      Option.integer("most-suspects")
          .from(0)
          .byDefault(200)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPERIMENTS)
          .help(
              "Places and feature maps to test, of each layer and method; those that stand out most"
                  + " are taken. What pictures have in common and suspicious groups of images, of each at most as"
                  + " many, and second parts come on top.");

  public static final Option<Long> CAUSES_SEED =
      Option.wide("causes-seed")
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPERIMENTS)
          .help("Seed of the choice of these images, and of feature maps to compare with.");

  public static final Option<Integer> CAUSES_BATCH =
      Option.integer("causes-batch")
          .from(1)
          .to(4096)
          .byDefault(16)
          .scope(Scope.OF_A_PLACE)
          .topic(Topic.EXPERIMENTS)
          .help("Pictures that the device holds at once in these tests.");

  /** Options that an audit has too. */
  public static final List<Option<?>> SHARED =
      List.of(IMAGES_PER_FINDING, MOST_SUSPECTS, CAUSES_SEED, CAUSES_BATCH);

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      Stream.of(
              List.<Option<?>>of(
                  ReportOptions.FROM,
                  ReportOptions.RUNS,
                  FaithfulnessOptions.MODEL.help(
                      "Where the runs' model is now. Default: where the runs found it."),
                  ReportOptions.IMAGES,
                  ReportOptions.STRATEGIES.help(
                      "Folder that strategies wrote, to test suspicious groups of images too.")),
              SHARED,
              List.<Option<?>>of(
                  ReportOptions.LEAST_IMAGES,
                  ExplainOptions.DEVICE,
                  ExplainOptions.OUT.help("Folder for tables and pictures."),
                  ExplainOptions.OVERWRITE.help(
                      "Replace existing results once the new ones are complete.")))
          .<Option<?>>flatMap(List::stream)
          .toList();

  private CausesOptions() {}
}
