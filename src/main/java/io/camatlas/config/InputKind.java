package io.camatlas.config;

/** What the images are given as. */
public enum InputKind {
  /** Found out from the path. */
  AUTO,
  /** A folder; the first folder below it names the class. */
  DIRECTORY,
  /** A Hadoop glob; the first folder below its fixed part names the class. */
  GLOB,
  /**
   * A CSV manifest with the columns path, label, boxes and image_id, of which path must be there.
   */
  CSV,
  /** A Parquet manifest with the same columns, or a Parquet table with a binary column. */
  PARQUET,
  /** A table of Spark's catalog, likewise. */
  TABLE,
  /** Tar shards of samples: one, a folder of them, or a glob; cls or json give the class. */
  WEBDATASET
}
