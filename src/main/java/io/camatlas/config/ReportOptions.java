package io.camatlas.config;

import io.camatlas.suggest.Choices;
import java.util.List;
import java.util.stream.Stream;

/** The options of {@code camatlas report}. */
public final class ReportOptions {
  public static final Option<String> FROM =
      Option.text("from", "DIR")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Folder that atlas wrote.");

  public static final Option<List<String>> RUNS =
      Option.texts("runs", "DIR")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help(
              "Folder of a run that the atlas was made from; may be given several times. Default:"
                  + " where the atlas found it, or beside the atlas.");

  public static final Option<String> IMAGES =
      ExplainOptions.IMAGES
          .notRequired()
          .topic(Topic.RESULTS)
          .help("Where the images are now, as for explain. Default: where the runs found them.");

  public static final Option<String> CAUSES =
      Option.text("causes", "DIR")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Folder that causes wrote: experiments on what the atlas makes suspect.");

  public static final Option<String> STRATEGIES =
      Option.text("strategies", "DIR")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Folder that strategies wrote: the ways in which the model comes to each class.");

  public static final Option<String> FAITHFULNESS =
      Option.text("faithfulness", "DIR")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help(
              "Folder that faithfulness wrote: whether maps mark what the model uses, per class.");

  public static final Option<Boolean> SINGLE_FILE =
      Option.flag("single-file")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.REPORT)
          .help("Also write everything as one file, report.html.");

  public static final Option<String> TITLE =
      Option.text("title", "TEXT")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.REPORT)
          .help("Title of the pages. Default: What MODEL looks at.");

  /** Value of {@link #BROWSE} if the number follows from the size of the dataset. */
  public static final int CHOOSE_BROWSED = -1;

  public static final Option<Integer> BROWSE =
      Option.integer("browse")
          .from(0)
          .to(10_000)
          .or(CHOOSE_BROWSED, "to choose")
          .orWord(
              "auto", CHOOSE_BROWSED, "auto: 100 in datasets of up to 5,000 explanations, else 0.")
          .byDefault("auto")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.REPORT)
          .help("Images of each class to browse and filter, beyond those shown for a reason.");

  public static final Option<Integer> PICTURES =
      Option.integer("pictures")
          .from(0)
          .to(100)
          .byDefault(6)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.REPORT)
          .help(
              "Images of each class to show for each reason: most typical, most unusual, most and"
                  + " least confident, wrongly predicted.");

  public static final Option<Integer> PICTURE_SIZE =
      Option.integer("picture-size")
          .from(32)
          .to(2048)
          .byDefault(256)
          .label("PIXELS")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.REPORT)
          .help("Longer side of the pictures.");

  public static final Option<Integer> MEAN_IMAGES =
      Option.integer("mean-images")
          .from(0)
          .to(10_000)
          .byDefault(64)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.REPORT)
          .help("Images of each class to average for its mean image.");

  public static final Option<Integer> LEAST_IMAGES =
      Option.integer("least-images")
          .from(2)
          .byDefault(20)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.REPORT)
          .help(
              "Images that a class needs for anything to be said of it; of a class with fewer, the"
                  + " report says that it has too few.");

  public static final Option<FailOn> FAIL_ON =
      Option.choice("fail-on", FailOn.class)
          .byDefault(Choices.name(FailOn.NEVER))
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.REPORT)
          .help(
              "End with exit code 4, once everything is done, if a finding is at least so severe;"
                  + " for pipelines that stop a model.");

  /** Options that an audit has too. */
  public static final List<Option<?>> SHARED =
      List.of(
          SINGLE_FILE, TITLE, PICTURES, BROWSE, PICTURE_SIZE, MEAN_IMAGES, LEAST_IMAGES, FAIL_ON);

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      Stream.of(
              List.<Option<?>>of(FROM, RUNS, IMAGES, STRATEGIES, CAUSES, FAITHFULNESS),
              SHARED,
              List.<Option<?>>of(
                  ExplainOptions.OUT.help("Folder for the report."),
                  ExplainOptions.OVERWRITE.help(
                      "Replace an existing report once the new one is complete.")))
          .<Option<?>>flatMap(List::stream)
          .toList();

  private ReportOptions() {}
}
