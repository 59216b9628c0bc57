package io.camatlas.config;

import io.camatlas.image.DecodeLimits;
import io.camatlas.spark.input.InputKind;
import io.camatlas.spark.pack.PackJobSettings;
import java.util.List;
import java.util.Optional;

/** The settings of {@code camatlas pack}. */
public final class PackOptions {
  /** All options, in the order of the help. */
  public static final List<Option> ALL =
      List.of(
          new Option(
              "images", "DIR|GLOB|TABLE", "", "Images to pack: all that explain takes. Required."),
          new Option("out", "DIR", "", "Folder for the Parquet table. Required."),
          new Option(
              "input-kind",
              "KIND",
              "auto",
              "What --images is: auto, directory, glob, csv, parquet, table or webdataset."),
          new Option(
              "content-column", "NAME", "", "Column of encoded images, if a table has several."),
          new Option(
              "row-group-mb", "N", "16", "Megabytes of a row group, which Spark can split by."),
          new Option("file-mb", "N", "256", "Megabytes of a file, about."),
          new Option(
              "max-bytes",
              "N",
              String.valueOf(DecodeLimits.DEFAULT.maxBytes()),
              "Larger files are named in the table, but not packed."),
          new Option(
              "overwrite",
              "true|false",
              "false",
              "Replace a table that is there once the new one is complete."));

  private PackOptions() {}

  /**
   * Checks all settings.
   *
   * @throws SettingsException with all problems
   */
  public static PackJobSettings resolve(GivenSettings given) {
    String images = given.required("images");
    String out = given.required("out");
    InputKind kind = given.choice("input-kind", InputKind.class);
    boolean overwrite = given.flag("overwrite");
    int rowGroup = given.integer("row-group-mb");
    int file = given.integer("file-mb");
    long maxBytes = given.longInteger("max-bytes");
    Optional<PackJobSettings> settings =
        given.build(
            () ->
                new PackJobSettings(
                    images,
                    kind,
                    given.optional("content-column"),
                    out,
                    overwrite,
                    rowGroup,
                    file,
                    maxBytes));
    given.check();
    return settings.orElseThrow();
  }
}
