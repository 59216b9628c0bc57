package io.camatlas.config;

import java.util.List;

/** The options of {@code camatlas pack}. */
public final class PackOptions {
  public static final Option<Integer> ROW_GROUP_MB =
      Option.integer("row-group-mb")
          .from(1)
          .to(1024)
          .byDefault(16)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help("Megabytes of a row group, the smallest part that a task reads.");

  public static final Option<Integer> FILE_MB =
      Option.integer("file-mb")
          .from(1)
          .byDefault(256)
          .scope(Scope.OF_THE_JOB)
          .topic(Topic.OUTPUT)
          .help("Approximate size of a file in megabytes; at least `row-group-mb`.");

  public static final Option<Long> MAX_BYTES =
      ExplainOptions.MAX_BYTES.help(
          "Files with more bytes than this are named in the table, but not packed.");

  /** All options, in the order of the help. */
  public static final List<Option<?>> ALL =
      List.of(
          ExplainOptions.IMAGES.help("Images to pack: anything that explain takes."),
          ExplainOptions.INPUT_KIND,
          ExplainOptions.CONTENT_COLUMN,
          MAX_BYTES,
          ExplainOptions.OUT.help("Folder for the Parquet table."),
          ROW_GROUP_MB,
          FILE_MB,
          ExplainOptions.MAX_FAILURES,
          ExplainOptions.OVERWRITE.help("Replace an existing table once the new one is complete."));

  private PackOptions() {}
}
