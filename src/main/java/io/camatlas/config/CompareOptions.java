package io.camatlas.config;

import java.util.List;

/** The options of {@code camatlas compare}. */
public final class CompareOptions {
  public static final Option<String> FROM =
      Option.text("from", "DIR")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("What to start from: folder of a run of explain, of an atlas, or of an audit.");

  public static final Option<String> WITH =
      Option.text("with", "DIR")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("What to compare it with: another such folder, or the same with another layer.");

  public static final Option<String> NAME =
      Option.text("name", "TEXT")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("What to call the first. Default: its model, layer, method or folder.");

  public static final Option<String> WITH_NAME =
      Option.text("with-name", "TEXT")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("What to call the second.");

  public static final Option<String> LAYER =
      ConceptOptions.LAYER
          .topic(Topic.RESULTS)
          .help("Which layer of the first, if it has several. Default: its first.");

  public static final Option<String> WITH_LAYER =
      Option.text("with-layer", "NAME")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Which layer of the second. Default: the same if it has it, else its first.");

  public static final Option<Integer> RULE =
      FaithfulnessOptions.RULE.help(
          "Which of the first's rules, counted from 0, if it has several.");

  public static final Option<Integer> WITH_RULE =
      Option.integer("with-rule")
          .from(0)
          .byDefault(0)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Which of the second's rules, counted from 0, if it has several.");

  public static final Option<String> FAITHFULNESS =
      ReportOptions.FAITHFULNESS.help(
          "Folder that faithfulness wrote of the first, to compare how well maps mark what the"
              + " model uses.");

  public static final Option<String> WITH_FAITHFULNESS =
      Option.text("with-faithfulness", "DIR")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Folder that faithfulness wrote of the second.");

  public static final Option<String> IMAGES =
      ReportOptions.IMAGES.help(
          "Where the first's images are now, as for explain. Default: where its run found them.");

  public static final Option<String> WITH_IMAGES =
      Option.text("with-images", "PATH|TABLE")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Where the second's images are now.");

  public static final Option<Integer> PICTURES =
      ReportOptions.PICTURES.help(
          "Images of each class to show for each reason: those whose attention moved most, and those"
              + " with the most attention where the second looks more.");

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      List.of(
          FROM,
          WITH,
          NAME,
          WITH_NAME,
          LAYER,
          WITH_LAYER,
          RULE,
          WITH_RULE,
          FAITHFULNESS,
          WITH_FAITHFULNESS,
          IMAGES,
          WITH_IMAGES,
          PICTURES,
          ReportOptions.PICTURE_SIZE,
          ReportOptions.LEAST_IMAGES.help(
              "Images that a class needs in both for anything to be said of it; of a class with"
                  + " fewer, the report says that it has too few."),
          ReportOptions.FAIL_ON,
          ExplainOptions.OUT.help("Folder for the tables and the report."),
          ExplainOptions.OVERWRITE.help(
              "Replace existing results once the new ones are complete."));

  private CompareOptions() {}
}
