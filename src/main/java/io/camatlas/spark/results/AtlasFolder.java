package io.camatlas.spark.results;

import io.camatlas.spark.InputException;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import io.camatlas.spark.storage.RunFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A finished atlas: its tables, and the runs that it was made from.
 *
 * @param path its folder
 * @param runs what was explained and how, by the run's name in the tables
 */
public record AtlasFolder(String path, Map<String, AtlasRun> runs) {
  /**
   * A rule of a run whose explanations still exist.
   *
   * @param id the run's name in the atlas
   * @param run the run
   * @param rule the rule's index in the run
   */
  public record Origin(String id, FinishedRun run, int rule) {
    /** The rule's rows of the table {@code explanations}. */
    public Dataset<Row> explanations(SparkSession spark) {
      return spark.read().parquet(run.explanations()).where(ExplanationsTable.ofRule(rule));
    }
  }

  /**
   * Opens an atlas.
   *
   * @throws InputException if there is no atlas, or its tables have other versions
   */
  public static AtlasFolder open(String path, Configuration hadoop) {
    try {
      Path folder = new Path(path);
      FileSystem files = folder.getFileSystem(hadoop);
      Path file = new Path(folder, ResultFolder.ATLAS_JSON);
      if (!files.exists(file)) {
        throw new InputException("`from` is " + path + ", " + whatIsThere(files, folder));
      }
      AtlasRecord atlas = record(path, hadoop);
      for (AtlasTable<?> table : AtlasTables.ALL) {
        atlas.requireVersion(path, table.name(), table.version());
      }
      return new AtlasFolder(path, atlas.runs());
    } catch (IOException e) {
      throw new InputException("Cannot read `from` " + path + ": " + e.getMessage(), e);
    }
  }

  private static String whatIsThere(FileSystem files, Path folder) throws IOException {
    if (!files.exists(folder)) {
      return "which does not exist.";
    }
    Path below = new Path(folder, "atlas");
    if (files.exists(new Path(below, ResultFolder.ATLAS_JSON))) {
      return "which is not an atlas itself. Did you mean " + below + "?";
    }
    return files.exists(new Path(folder, ResultFolder.RUN_JSON))
        ? "which is a run; make an atlas of it first, with 'camatlas atlas'."
        : "which has no " + ResultFolder.ATLAS_JSON + "; give the folder that atlas wrote.";
  }

  /** The description of an atlas, whatever its table versions. */
  public static AtlasRecord record(String path, Configuration hadoop) throws IOException {
    return ResultJson.read(new Path(path, ResultFolder.ATLAS_JSON), AtlasRecord.class, hadoop);
  }

  /** Tells this atlas from others, also from one that was made again in the same folder. */
  public static String identity(String path, Configuration hadoop) throws IOException {
    return ResultJson.identity(new Path(path, ResultFolder.ATLAS_JSON), hadoop);
  }

  /**
   * Checks that something was found in this atlas.
   *
   * @param what the option that names it, which is also the command that finds it
   * @param folder where it is
   * @param sha256 the {@link #identity} of the atlas that it was found in; may be null
   * @throws InputException if that was another one
   */
  public static void requireFoundIn(
      String path, String what, String folder, String sha256, Configuration hadoop)
      throws IOException {
    if (!identity(path, hadoop).equals(sha256)) {
      throw new InputException(
          "`%s` %s was found in another atlas than %s, or this atlas was made again since; find them again with 'camatlas %s'."
              .formatted(what, folder, path, what));
    }
  }

  /** One of the atlas's tables. */
  public Dataset<Row> table(SparkSession spark, String name) {
    return spark.read().parquet(new Path(path, name).toString());
  }

  /**
   * The runs behind the atlas, as far as they still exist.
   *
   * @param given folders to use instead of those that the atlas names; may be empty
   * @param missing receives each folder that no longer exists, or why it cannot be read
   * @throws InputException if a folder holds no finished run
   */
  public List<Origin> origins(List<String> given, List<String> missing, Configuration hadoop)
      throws IOException {
    List<String> folders = given.isEmpty() ? runFolders(path, missing, hadoop) : given;
    List<Origin> origins = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (String folder : folders) {
      Path place = new Path(folder);
      if (!seen.add(place.getFileSystem(hadoop).makeQualified(place).toString())) {
        continue;
      }
      List<FinishedRun> finished;
      try {
        finished = FinishedRun.all(folder);
      } catch (InputException unusable) {
        if (!given.isEmpty()) {
          throw new InputException(
              unusable.getMessage().replaceFirst("`from`", "`runs`"), unusable);
        }
        missing.add(unusable.getMessage().replace("`from` ", "").replaceFirst("\\.$", ""));
        continue;
      }
      for (FinishedRun run : finished) {
        for (int rule = 0; rule < run.rules().size(); rule++) {
          String id = AtlasRun.name(run, rule);
          if (runs.containsKey(id)) {
            origins.add(new Origin(id, run, rule));
          }
        }
      }
    }
    if (!given.isEmpty() && origins.isEmpty()) {
      throw new InputException(
          "`runs` "
              + String.join(", ", given)
              + " holds none of the runs of this atlas ("
              + String.join(", ", runs.keySet())
              + "); give the folders that it was made from.");
    }
    return origins;
  }

  /**
   * Folders of the runs that an atlas was made from, directly or through other atlases. Runs that
   * were moved together with the atlas are found beside it.
   *
   * @param atlas its folder
   * @param missing receives each folder that no longer exists, as it was given
   */
  public static List<String> runFolders(String atlas, List<String> missing, Configuration hadoop)
      throws IOException {
    Set<String> folders = new LinkedHashSet<>();
    collect(atlas, folders, missing, new LinkedHashSet<>(), hadoop);
    return List.copyOf(folders);
  }

  private static void collect(
      String atlas,
      Set<String> folders,
      List<String> missing,
      Set<String> seen,
      Configuration hadoop)
      throws IOException {
    for (String from : record(atlas, hadoop).from()) {
      Path given = new Path(from);
      Path whole = new Path(atlas);
      Path parent = whole.getFileSystem(hadoop).makeQualified(whole).getParent();
      Path beside = new Path(parent, given.getName());
      Path folder = isResult(given, hadoop) ? given : beside;
      if (!isResult(folder, hadoop)) {
        missing.add(from);
      } else if (seen.add(folder.toString())) {
        if (folder.getFileSystem(hadoop).exists(new Path(folder, ResultFolder.ATLAS_JSON))) {
          collect(folder.toString(), folders, missing, seen, hadoop);
        } else {
          folders.add(folder.toString());
        }
      }
    }
  }

  private static boolean isResult(Path folder, Configuration hadoop) {
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      return files.exists(new Path(folder, ResultFolder.RUN_JSON))
          || files.exists(new Path(folder, RunFolder.RUNS))
          || files.exists(new Path(folder, ResultFolder.ATLAS_JSON));
    } catch (IOException | IllegalArgumentException e) {
      // It is on another cluster's file system, or needs other credentials.
      return false;
    }
  }
}
