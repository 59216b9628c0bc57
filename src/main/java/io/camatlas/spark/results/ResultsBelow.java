package io.camatlas.spark.results;

import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.RunFolder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What lies in the folder of an audit or a demo, which is no result itself. */
public final class ResultsBelow {
  /** Names of the runs of audit and demo. */
  private static final List<String> RUNS = List.of("run", "results");

  private ResultsBelow() {}

  /** Whether a folder is that of runs, finished or not. */
  public static boolean isRun(FileSystem files, Path folder) throws IOException {
    return files.exists(new Path(folder, ResultFolder.RUN_JSON))
        || files.exists(new Path(folder, RunFolder.RUNS));
  }

  /** The run of an audit or a demo; empty if the folder is a run itself, or has none. */
  public static Optional<Path> run(FileSystem files, Path folder) throws IOException {
    if (isRun(files, folder)) {
      return Optional.empty();
    }
    for (String name : RUNS) {
      Path below = new Path(folder, name);
      if (isRun(files, below)) {
        return Optional.of(below);
      }
    }
    return Optional.empty();
  }

  /** The atlas of an audit or a demo. */
  static Optional<Path> atlas(FileSystem files, Path folder) throws IOException {
    Path below = new Path(folder, "atlas");
    return files.exists(new Path(below, ResultFolder.ATLAS_JSON))
        ? Optional.of(below)
        : Optional.empty();
  }

  /** The question whether that was meant. */
  public static String question(Path below) {
    return "Did you mean " + below + "?";
  }
}
