package io.camatlas.config;

import io.camatlas.atlas.Examples;
import io.camatlas.suggest.Choices;
import java.util.List;
import java.util.stream.Stream;

/** The options of {@code camatlas atlas}. */
public final class AtlasOptions {
  public static final Option<List<String>> FROM =
      Option.texts("from", "DIR")
          .required()
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.RESULTS)
          .help("Folder that explain or atlas wrote; may be given several times.");

  public static final Option<Integer> EXAMPLES =
      Option.integer("examples")
          .from(0)
          .to(Examples.MOST)
          .byDefault(40)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.ATLAS)
          .help("Images to keep for each feature map, and for each pair of feature map and class.");

  public static final Option<String> TRUTH =
      Option.text("truth", "SOURCE")
          .byDefault("manifest")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.ATLAS)
          .help(
              "Annotated objects to measure maps against: manifest (its boxes and masks), none, a"
                  + " COCO .json, a folder of VOC .xml files, or a .csv as ImageNet's or CUB's.");

  public static final Option<TruthKind> TRUTH_KIND =
      Option.choice("truth-kind", TruthKind.class)
          .byDefault(Choices.name(TruthKind.AUTO))
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.ATLAS)
          .help("What `truth` is. auto tells from the file's name.");

  public static final Option<Boolean> TRUTH_BY_LABEL =
      Option.flag("truth-by-label")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.ATLAS)
          .help("Take every object for one of the image's label, whatever class `truth` names.");

  public static final Option<List<String>> CONCEPTS =
      Option.texts("concepts", "DIR")
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.ATLAS)
          .help(
              "Folder that concept wrote: images that show the concept are compared with the others"
                  + " of their class. May be given several times.");

  /** Options that an audit has too. */
  public static final List<Option<?>> SHARED = List.of(EXAMPLES, TRUTH, TRUTH_KIND, TRUTH_BY_LABEL);

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      Stream.of(
              List.<Option<?>>of(FROM),
              SHARED,
              List.<Option<?>>of(
                  CONCEPTS,
                  ReportOptions.LEAST_IMAGES.topic(Topic.ATLAS),
                  ReportOptions.FAIL_ON.topic(Topic.ATLAS),
                  ExplainOptions.OUT.help("Folder for the atlas."),
                  ExplainOptions.OVERWRITE.help(
                      "Replace an existing atlas once the new one is complete.")))
          .<Option<?>>flatMap(List::stream)
          .toList();

  private AtlasOptions() {}
}
