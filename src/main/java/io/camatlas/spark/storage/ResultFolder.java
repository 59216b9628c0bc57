package io.camatlas.spark.storage;

import io.camatlas.spark.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder that appears complete or not at all: results are written beside it and moved when
 * complete.
 */
public final class ResultFolder implements AutoCloseable {
  /** The description of a run of {@code explain}. */
  public static final String RUN_JSON = "run.json";

  /** The description of an atlas. */
  public static final String ATLAS_JSON = "atlas.json";

  /** The description of a faithfulness sample. */
  public static final String FAITHFULNESS_JSON = "faithfulness.json";

  /** The description of strategies. */
  public static final String STRATEGIES_JSON = "strategies.json";

  /** The description of experiments. */
  public static final String CAUSES_JSON = "causes.json";

  /** The description of a concept. */
  public static final String CONCEPT_JSON = "concept.json";

  /** The description of a comparison. */
  public static final String COMPARISON_JSON = "comparison.json";

  /** The description of a report. */
  public static final String REPORT_JSON = "report.json";

  /** The descriptions of all kinds of results that have tables. */
  public static final List<String> MARKS =
      List.of(
          RUN_JSON,
          ATLAS_JSON,
          FAITHFULNESS_JSON,
          STRATEGIES_JSON,
          CAUSES_JSON,
          CONCEPT_JSON,
          COMPARISON_JSON);

  private final FileSystem files;
  private final Replacement replacement;
  private final Path target;
  private final Path work;
  private final FolderLock lock;
  private final boolean overwrite;
  private final String mark;
  private final String out;
  private boolean committed;

  private ResultFolder(
      FileSystem files,
      Replacement replacement,
      Path target,
      boolean overwrite,
      String mark,
      String place,
      Configuration hadoop)
      throws IOException {
    this.files = files;
    this.replacement = replacement;
    this.target = target;
    this.overwrite = overwrite;
    this.mark = mark;
    this.out = place;
    this.work = replacement.incomplete();
    this.lock = FolderLock.take(Replacement.lockOf(work), place, hadoop);
    // Removes what a killed driver left incomplete.
    for (FileStatus left : files.listStatus(work)) {
      if (!left.getPath().getName().equals(Replacement.WORK)) {
        files.delete(left.getPath(), true);
      }
    }
  }

  /**
   * Checks that results may be written.
   *
   * @param mark the file that results of this kind contain; only such results are replaced
   * @throws InputException if the folder is not empty and must not be replaced, or holds anything
   *     but our results
   */
  public static ResultFolder open(
      String out, boolean overwrite, String mark, Configuration hadoop) {
    HadoopFiles.requireNoPattern("out", out);
    try {
      Path path = new Path(out);
      FileSystem files = path.getFileSystem(hadoop);
      Path target = files.makeQualified(path);
      if (target.getParent() == null) {
        throw new InputException("`out` is " + out + "; it must be a folder below the root.");
      }
      Replacement replacement = new Replacement(files, target, out, hadoop);
      replacement.recover(mark);
      Optional<String> problem = whyNotReplaced(files, target, out, overwrite, mark);
      if (problem.isPresent()) {
        throw new InputException(problem.get());
      }
      return new ResultFolder(files, replacement, target, overwrite, mark, out, hadoop);
    } catch (IOException e) {
      throw new InputException("Cannot write to " + out + ": " + e.getMessage(), e);
    }
  }

  /** Why what is in a folder must stay there; empty if nothing is, or if it may be replaced. */
  private static Optional<String> whyNotReplaced(
      FileSystem files, Path target, String out, boolean overwrite, String mark)
      throws IOException {
    if (!files.exists(target)
        || (files.getFileStatus(target).isDirectory() && files.listStatus(target).length == 0)) {
      return Optional.empty();
    }
    if (!overwrite) {
      return Optional.of(
          "`out` is "
              + out
              + ", which is not empty; choose another folder, or set `overwrite` to replace it"
              + " once the new results are complete.");
    }
    if (!files.exists(new Path(target, mark))) {
      return Optional.of(
          "`out` is "
              + out
              + ", which holds no "
              + mark
              + ", so it was not written by this command and is not replaced; choose another"
              + " folder.");
    }
    return Optional.empty();
  }

  /** Where a part of the results is written until all parts are complete. */
  public String part(String name) {
    return new Path(work, name).toString();
  }

  /** Where the results are written until they are complete, if they are a single table. */
  public String whole() {
    return work.toString();
  }

  /** Where the results will be, as people write it. */
  public String place() {
    return "file".equals(target.toUri().getScheme()) ? target.toUri().getPath() : target.toString();
  }

  public void delete(String name) throws IOException {
    files.delete(new Path(work, name), true);
  }

  /**
   * Writes the description of the results, and puts the results in their place.
   *
   * @param about the description, written as {@link ResultJson} does
   * @throws InputException if meanwhile something came into that place that must stay there
   */
  public void commit(Record about) throws IOException {
    commit(ResultJson.text(about));
  }

  void commit(String about) throws IOException {
    HadoopFiles.write(
        files.makeQualified(new Path(work, mark)),
        about.getBytes(StandardCharsets.UTF_8),
        files.getConf());
    lock.require();
    // Whoever wrote there meanwhile knew nothing of these results.
    Optional<String> problem = whyNotReplaced(files, target, out, overwrite, mark);
    if (problem.isPresent()) {
      throw new InputException(
          "Something else was written to "
              + place()
              + " while these results were made, and they are not kept. "
              + problem.get());
    }
    replacement.swap(lock);
    committed = true;
    Replacement.leave(files, target, lock);
  }

  /** Removes what was written if it was not committed. */
  @Override
  public void close() throws IOException {
    if (committed) {
      return;
    }
    if (lock.isHeld()) {
      for (FileStatus left : files.listStatus(work)) {
        if (!left.getPath().getName().equals(Replacement.WORK)) {
          files.delete(left.getPath(), true);
        }
      }
    }
    Replacement.leave(files, work, lock);
    Replacement.removeIfEmpty(files, work);
  }
}
