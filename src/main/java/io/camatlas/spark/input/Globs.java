package io.camatlas.spark.input;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;

/** Hadoop's globs. As in a shell, a wildcard matches no name that begins with a dot. */
final class Globs {
  private static final String CHARACTERS = "*?[{";

  /** A pattern of one name that itself begins with a dot, or with alternatives that do. */
  private static final Pattern DOTTED = Pattern.compile("(\\{([^}]*,)?)?\\\\?\\..*");

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
    return matched == null
        ? new FileStatus[0]
        : Stream.of(matched)
            .filter(status -> !hides(pattern, status.getPath()))
            .toArray(FileStatus[]::new);
  }

  /** Whether a wildcard of a pattern stands for a hidden name in a path that it matches. */
  private static boolean hides(Path pattern, Path matched) {
    Path name = matched;
    for (Path at = pattern; at != null && name != null; at = at.getParent()) {
      if (hides(at.getName(), name.getName())) {
        return true;
      }
      name = name.getParent();
    }
    return false;
  }

  private static boolean hides(String pattern, String name) {
    return FolderEntries.isHidden(name) && hasGlob(pattern) && !DOTTED.matcher(pattern).matches();
  }

  /** Whether a pattern of one name matches a name. */
  static boolean matches(String pattern, String name) throws IOException {
    return hasGlob(pattern)
        ? new GlobFilter(pattern).accept(new Path(null, null, name)) && !hides(pattern, name)
        : pattern.equals(name);
  }

  /** The names that a path consists of, from the root on. */
  static List<String> names(Path path) {
    List<String> names = new ArrayList<>();
    for (Path at = path; at != null && !at.isRoot(); at = at.getParent()) {
      names.add(at.getName());
    }
    Collections.reverse(names);
    return names;
  }
}
