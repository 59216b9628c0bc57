package io.camatlas.config;

import io.camatlas.spark.atlas.AtlasJobSettings;
import io.camatlas.spark.atlas.TruthChoice;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The settings of {@code camatlas atlas}. */
public final class AtlasOptions {
  /** Those that an audit has too. */
  public static final List<Option> SHARED =
      List.of(
          new Option(
              "examples",
              "N",
              String.valueOf(AtlasJobSettings.DEFAULT_EXAMPLES),
              "Images kept for each feature map, and for each feature map and class."),
          new Option(
              "truth",
              "SOURCE",
              TruthChoice.MANIFEST.place(),
              "Objects that maps are measured against: manifest (its boxes and masks), none, COCO's"
                  + " .json, a folder of VOC's .xml, or a .csv as ImageNet's or CUB's."),
          new Option("truth-kind", "KIND", "auto", "What --truth is: auto, coco, voc or csv."),
          new Option(
              "truth-by-label",
              "true|false",
              "false",
              "Objects are of the image's label, whatever class --truth names."));

  /** All options, in the order of the help. */
  public static final List<Option> ALL =
      Stream.concat(
              Stream.of(
                  new Option(
                      "from",
                      "DIR …",
                      "",
                      "Folder that explain or atlas wrote; may be given several times. Required."),
                  new Option("out", "DIR", "", "Folder for the atlas. Required."),
                  new Option(
                      "overwrite",
                      "true|false",
                      "false",
                      "Replace an atlas that is there once the new one is complete.")),
              SHARED.stream())
          .toList();

  private AtlasOptions() {}

  /**
   * Checks all settings.
   *
   * @throws SettingsException with all problems
   */
  public static AtlasJobSettings resolve(GivenSettings given) {
    given.required("from");
    return resolve(given, given.texts("from"), given.required("out"), given.flag("overwrite"));
  }

  /** As {@link #resolve(GivenSettings)}, the folders being known. */
  public static AtlasJobSettings resolve(
      GivenSettings given, List<String> from, String out, boolean overwrite) {
    int examples = given.integer("examples");
    TruthChoice.Kind kind = given.choice("truth-kind", TruthChoice.Kind.class);
    boolean byLabel = given.flag("truth-by-label");
    Optional<TruthChoice> truth =
        given.build(() -> new TruthChoice(given.text("truth"), kind, byLabel));
    Optional<AtlasJobSettings> settings =
        from.isEmpty() || truth.isEmpty()
            ? Optional.empty()
            : given.build(
                () ->
                    new AtlasJobSettings(from, out, overwrite, examples, truth.get(), given.all()));
    given.check();
    return settings.orElseThrow();
  }
}
