package io.camatlas.config;

import java.util.List;

/** The options of {@code camatlas faithfulness}. */
public final class FaithfulnessOptions {
  public static final Option<String> FROM =
      Option.text("from", "DIR")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Folder of a finished run of explain.");

  public static final Option<Integer> RULE =
      Option.integer("rule")
          .from(0)
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Which of the run's rules to score, counted from 0, if it has several.");

  public static final Option<Boolean> EVERY_RULE =
      Option.flag("every-rule")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help(
              "Score each of the run's rules in turn, into folders in `out` that are called after"
                  + " them: 0-smooth-grad-cam++, 1-grad-cam.");

  public static final Option<String> MODEL =
      ModelOptions.MODEL
          .notRequired()
          .topic(Topic.RESULTS)
          .help("Where the run's model is now. Default: where the run found it.");

  public static final Option<String> IMAGES =
      ExplainOptions.IMAGES
          .notRequired()
          .topic(Topic.RESULTS)
          .help(
              "Where the run's images are now, as for explain. Default: where the run found them.");

  public static final Option<Integer> SAMPLE =
      Option.integer("sample")
          .from(1)
          .byDefault(50)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.SCORING)
          .help("Images to score for each layer and target class.");

  public static final Option<Integer> STEPS =
      Option.integer("steps")
          .from(2)
          .to(10_000)
          .byDefault(50)
          .topic(Topic.SCORING)
          .help("Steps in which pixels are removed or put back.");

  public static final Option<Integer> AGAIN =
      Option.integer("again")
          .from(0)
          .byDefault(10)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.SCORING)
          .help(
              "Maps of each layer and target class to make again: with shuffled weights, for another"
                  + " class, from nearly the same image, and from what the map marks. 0 for none.");

  public static final Option<Integer> STAGES =
      Option.integer("stages")
          .from(1)
          .to(100)
          .byDefault(4)
          .topic(Topic.SCORING)
          .help("Steps in which weights are shuffled, from the scores down.");

  public static final Option<Integer> PERTURBATIONS =
      Option.integer("perturbations")
          .from(1)
          .to(100)
          .byDefault(4)
          .topic(Topic.SCORING)
          .help("Images that hardly differ, for each map.");

  public static final Option<Double> RADIUS =
      Option.decimal("radius")
          .from(0.0)
          .byDefault(0.2)
          .label("R")
          .topic(Topic.SCORING)
          .help("How far numbers of the normalised input may be off in such an image.");

  public static final Option<Long> SEED =
      Option.wide("seed")
          .byDefault(0)
          .topic(Topic.SCORING)
          .help("Seed of the sample, of random maps and of all else that is drawn.");

  public static final Option<Integer> BATCH =
      Option.integer("batch")
          .from(1)
          .to(4096)
          .byDefault(16)
          .scope(Scope.OF_A_PLACE)
          .topic(Topic.DEVICE)
          .help("Rows that the device holds at once; bounds its memory.");

  public static final Option<Integer> PARTITIONS =
      Option.integer("partitions")
          .from(0)
          .to(1_000_000)
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.DEVICE)
          .help("Tasks that the sample is spread over. 0 chooses by its size.");

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      List.of(
          FROM,
          RULE,
          EVERY_RULE,
          MODEL,
          IMAGES,
          SAMPLE,
          STEPS,
          AGAIN,
          STAGES,
          PERTURBATIONS,
          RADIUS,
          SEED,
          BATCH,
          ExplainOptions.DEVICE,
          PARTITIONS,
          ExplainOptions.OUT.help("Folder for the tables."),
          ExplainOptions.OVERWRITE.help(
              "Replace existing results once the new ones are complete."));

  private FaithfulnessOptions() {}
}
