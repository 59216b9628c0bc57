package io.camatlas.config;

/** The form in which images are given. */
public enum InputKind {
  /** Determined from the path. */
  AUTO,
  /** A folder; the first folder below it names the class. */
  DIRECTORY,
  /** A Hadoop glob; the first folder below its fixed part names the class. */
  GLOB,
  /** A CSV manifest with the columns path, label, boxes and image_id; only path is required. */
  CSV,
  /** A Parquet manifest with the same columns, or a Parquet table with a binary column. */
  PARQUET,
  /** A table in Spark's catalog, as for PARQUET. */
  TABLE,
  /**
   * Tar shards of samples: one shard, a folder of shards, or a glob; cls or json gives the class.
   */
  WEBDATASET
}
