package io.camatlas.config;

import java.util.List;

/** The options of {@code camatlas concept}. */
public final class ConceptOptions {
  public static final Option<String> EXAMPLES =
      Option.text("examples", "FILE|FOLDER")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.IMAGES)
          .help(
              "Images of the run that show the concept: a file with one per line, by id, path or"
                  + " file name, or a folder of the run's images.");

  public static final Option<String> AGAINST =
      Option.text("against", "FILE|FOLDER")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.IMAGES)
          .help(
              "Images of the run that do not show it, given likewise. Default: a random sample of"
                  + " all others, whatever they show.");

  public static final Option<String> NAME =
      Option.text("name", "TEXT")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPLANATION)
          .help("What the examples show. Default: the name of the file or folder.");

  public static final Option<String> LAYER =
      Option.text("layer", "NAME")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPLANATION)
          .help("Which of the run's layers, if it has several. Default: the first.");

  public static final Option<Integer> RULE =
      FaithfulnessOptions.RULE
          .topic(Topic.EXPLANATION)
          .help("Which of the run's rules gives the weights, counted from 0, if it has several.");

  public static final Option<Integer> RANDOM_CONCEPTS =
      Option.integer("random-concepts")
          .from(2)
          .to(1000)
          .byDefault(50)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPLANATION)
          .help("Concepts of random images to compare with, of as many examples.");

  public static final Option<Long> SEED =
      Option.wide("seed")
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.EXPLANATION)
          .help("Seed of all samples.");

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      List.of(
          FaithfulnessOptions.FROM,
          EXAMPLES,
          AGAINST,
          NAME,
          LAYER,
          RULE,
          RANDOM_CONCEPTS,
          SEED,
          ExplainOptions.OUT.help("Folder for the tables and the component."),
          ExplainOptions.OVERWRITE.help(
              "Replace existing results once the new ones are complete."));

  private ConceptOptions() {}
}
