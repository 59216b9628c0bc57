package io.camatlas.config;

import io.camatlas.spark.report.ReportJobSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The settings of {@code camatlas report}. */
public final class ReportOptions {
  /** Those that an audit has too. */
  public static final List<Option> SHARED =
      List.of(
          new Option(
              "single-file",
              "true|false",
              "false",
              "Also write all of it as one file, report.html."),
          new Option("title", "TEXT", "", "Title of the pages; default: What MODEL looks at."),
          new Option(
              "pictures",
              "N",
              "6",
              "Images of each class shown for each reason: most typical, most unusual, most and"
                  + " least confident, wrongly predicted."),
          new Option("picture-size", "PIXELS", "256", "Longer side of the pictures."),
          new Option(
              "mean-images", "N", "64", "Images of each class that its mean image is made of."));

  /** All options, in the order of the help. */
  public static final List<Option> ALL =
      Stream.concat(
              Stream.of(
                  new Option("from", "DIR", "", "Folder that atlas wrote. Required."),
                  new Option("out", "DIR", "", "Folder for the report. Required."),
                  new Option(
                      "overwrite",
                      "true|false",
                      "false",
                      "Replace a report that is there once the new one is complete."),
                  new Option(
                      "runs",
                      "DIR …",
                      "",
                      "Folders of the runs that the atlas was made of; default: where it found"
                          + " them, or beside it."),
                  new Option(
                      "images",
                      "SOURCE",
                      "",
                      "Where the images are now, as for explain; default: where the runs found"
                          + " them.")),
              SHARED.stream())
          .toList();

  private ReportOptions() {}

  /**
   * Checks all settings.
   *
   * @throws SettingsException with all problems
   */
  public static ReportJobSettings resolve(GivenSettings given) {
    return resolve(
        given,
        given.required("from"),
        given.texts("runs"),
        given.optional("images"),
        given.required("out"),
        given.flag("overwrite"));
  }

  /** As {@link #resolve(GivenSettings)}, the folders being known. */
  public static ReportJobSettings resolve(
      GivenSettings given,
      String from,
      List<String> runs,
      Optional<String> images,
      String out,
      boolean overwrite) {
    boolean singleFile = given.flag("single-file");
    int pictures = given.integer("pictures");
    int pictureSize = given.integer("picture-size");
    int meanImages = given.integer("mean-images");
    Map<String, String> defaults =
        ExplainOptions.ALL.stream().collect(Collectors.toMap(Option::name, Option::defaultValue));
    Optional<ReportJobSettings> settings =
        given.build(
            () ->
                new ReportJobSettings(
                    from,
                    runs,
                    images,
                    out,
                    overwrite,
                    singleFile,
                    given.text("title"),
                    pictures,
                    pictureSize,
                    meanImages,
                    defaults,
                    given.all()));
    given.check();
    return settings.orElseThrow();
  }
}
