package io.camatlas.spark.input;

import java.io.IOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Hadoop's globs. */
final class Globs {
  private static final String CHARACTERS = "*?[{";

  private Globs() {}

  static boolean hasGlob(String path) {
    return path.chars().anyMatch(c -> CHARACTERS.indexOf(c) >= 0);
  }

  /** The deepest folder of a glob whose path has no wildcard. */
  static Path fixedPart(String pattern) {
    Path at = new Path(pattern).getParent();
    while (at != null && hasGlob(at.toString())) {
      at = at.getParent();
    }
    return orHere(at);
  }

  static Path orHere(Path folder) {
    return folder == null || folder.toString().isEmpty() ? new Path(".") : folder;
  }

  /** What a path, with or without wildcards, matches; empty if nothing does. */
  static FileStatus[] matches(FileSystem files, Path pattern) throws IOException {
    FileStatus[] matched = files.globStatus(pattern);
    return matched == null ? new FileStatus[0] : matched;
  }
}
