package io.camatlas.spark.input;

import io.camatlas.spark.InputException;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Keeps a job's results apart from the images that it lists, of which they would become some. */
public final class OwnResults {
  private OwnResults() {}

  /**
   * Checks that results do not lie in the folder of the images, or where their glob finds files.
   * Hidden folders may, since listings pass over them.
   *
   * @param images the user's setting: a folder, a glob or anything else
   * @param out the folder for results
   * @throws InputException if a later start would list the results
   */
  public static void requireApart(String images, String out, Configuration hadoop) {
    try {
      boolean among =
          Globs.hasGlob(images) ? isFound(images, out, hadoop) : isBelow(images, out, hadoop);
      if (among) {
        throw new InputException(
            "`out` is "
                + out
                + ", which lies among the `images` "
                + images
                + ", so that the next start would take the results for images; choose a folder"
                + " outside, or one whose name begins with a dot.");
      }
    } catch (IOException e) {
      throw new InputException("Cannot read `images` " + images + ": " + e.getMessage(), e);
    }
  }

  private static Path qualified(String path, Configuration hadoop) throws IOException {
    Path given = new Path(path);
    return given.getFileSystem(hadoop).makeQualified(given);
  }

  private static boolean isBelow(String images, String out, Configuration hadoop)
      throws IOException {
    Path folder = qualified(images, hadoop);
    Path results = qualified(out, hadoop);
    if (!sameFiles(folder, results)) {
      return false;
    }
    List<String> above = Globs.names(folder);
    List<String> names = Globs.names(results);
    if (names.size() < above.size() || !names.subList(0, above.size()).equals(above)) {
      return false;
    }
    FileSystem files = folder.getFileSystem(hadoop);
    return names.stream().skip(above.size()).noneMatch(FolderEntries::isHidden)
        && files.exists(folder)
        && files.getFileStatus(folder).isDirectory();
  }

  private static boolean isFound(String images, String out, Configuration hadoop)
      throws IOException {
    Path results = qualified(out, hadoop);
    List<String> names = Globs.names(results);
    for (String each : BraceExpansion.of(images)) {
      Path pattern = qualified(each, hadoop);
      if (sameFiles(pattern, results) && isFound(Globs.names(pattern), names)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a pattern may match files in a folder, both by their names. */
  private static boolean isFound(List<String> pattern, List<String> folder) throws IOException {
    int below = pattern.size() - folder.size();
    // Directly in the folder there are no pictures, but one file.
    if (below < 1
        || (below == 1 && !Globs.matches(pattern.get(folder.size()), ResultFolder.RUN_JSON))) {
      return false;
    }
    for (int i = 0; i < folder.size(); i++) {
      if (!Globs.matches(pattern.get(i), folder.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameFiles(Path one, Path other) {
    return one.toUri().getScheme().equals(other.toUri().getScheme())
        && String.valueOf(one.toUri().getAuthority())
            .equals(String.valueOf(other.toUri().getAuthority()));
  }
}
