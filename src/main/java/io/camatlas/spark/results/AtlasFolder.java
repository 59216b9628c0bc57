package io.camatlas.spark.results;

import io.camatlas.spark.InputException;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
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
 * @param about what it says of itself
 */
public record AtlasFolder(String path, AtlasRecord about) {
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
    HadoopFiles.requireNoPattern("from", path);
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
      return new AtlasFolder(path, atlas);
    } catch (IOException e) {
      throw new InputException("Cannot read `from` " + path + ": " + e.getMessage(), e);
    }
  }

  private static String whatIsThere(FileSystem files, Path folder) throws IOException {
    if (!files.exists(folder)) {
      return "which does not exist.";
    }
    Optional<Path> below = ResultsBelow.atlas(files, folder);
    if (below.isPresent()) {
      return "which is not an atlas itself. " + ResultsBelow.question(below.get());
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

  /** What was explained and how, by the run's name in the tables. */
  public Map<String, AtlasRun> runs() {
    return about.runs();
  }

  /** One of the atlas's tables. */
  public Dataset<Row> table(SparkSession spark, String name) {
    return spark.read().parquet(new Path(path, name).toString());
  }

  /**
   * The runs behind the atlas, as far as they still exist.
   *
   * @param given folders to use instead of those that the atlas names; may be empty
   * @param missing receives each folder that no longer exists, or why it is not used
   * @throws InputException if a given folder holds no finished run, or none of them one of this
   *     atlas
   */
  public List<Origin> origins(List<String> given, List<String> missing, Configuration hadoop)
      throws IOException {
    List<String> folders = given.isEmpty() ? runFolders(missing, hadoop) : given;
    List<Origin> origins = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (String folder : folders) {
      if (!seen.add(HadoopFiles.qualified(folder, hadoop))) {
        continue;
      }
      List<UnfinishedRun> unfinished = new ArrayList<>();
      for (FinishedRun run : finished(folder, unfinished)) {
        for (int rule = 0; rule < run.rules().size(); rule++) {
          String id = AtlasRun.name(run, rule);
          if (runs().containsKey(id) && isOwn(run, rule)) {
            origins.add(new Origin(id, run, rule));
          } else if (runs().containsKey(id)) {
            others.add(id);
          }
        }
      }
      unfinished.stream()
          .filter(left -> runs().keySet().stream().anyMatch(left::isOf))
          .forEach(left -> missing.add(folder + ", whose run " + left.run() + " has not finished"));
    }
    if (!given.isEmpty() && origins.isEmpty()) {
      throw new InputException(
          "`runs` "
              + String.join(", ", given)
              + " holds none of the runs of this atlas ("
              + String.join(", ", runs().keySet())
              + ")"
              + (others.isEmpty()
                  ? "; give the folders that it was made from."
                  : ": its "
                      + String.join(", ", others)
                      + " was started at another time, so its images may be others. Give the folders"
                      + " that the atlas was made from, or make the atlas again."));
    }
    return origins;
  }

  private static List<FinishedRun> finished(String given, List<UnfinishedRun> unfinished) {
    try {
      return FinishedRun.all(given, unfinished);
    } catch (InputException unusable) {
      throw new InputException(unusable.getMessage().replaceFirst("`from`", "`runs`"), unusable);
    }
  }

  /**
   * Whether a run is one of those that the atlas was made from. One of other images has the same
   * name if its settings are the same.
   */
  private boolean isOwn(FinishedRun run, int rule) {
    return about.origins().isEmpty() || about.origins().contains(AtlasRun.origin(run, rule));
  }

  /**
   * Folders of the runs that an atlas was made from, directly or through other atlases. Runs that
   * were moved together with the atlas are found beside it.
   *
   * @param atlas its folder
   * @param missing receives each folder that no longer exists, as it was given, or why it is not
   *     used
   */
  public static List<String> runFolders(String atlas, List<String> missing, Configuration hadoop)
      throws IOException {
    return new AtlasFolder(atlas, record(atlas, hadoop)).runFolders(missing, hadoop);
  }

  private List<String> runFolders(List<String> missing, Configuration hadoop) throws IOException {
    Set<String> folders = new LinkedHashSet<>();
    collect(path, about, folders, missing, new LinkedHashSet<>(), hadoop);
    return List.copyOf(folders);
  }

  private void collect(
      String atlas,
      AtlasRecord record,
      Set<String> folders,
      List<String> missing,
      Set<String> seen,
      Configuration hadoop)
      throws IOException {
    for (int i = 0; i < record.from().size(); i++) {
      String from = record.from().get(i);
      Optional<String> whyNot = Optional.empty();
      Optional<String> found = Optional.empty();
      for (String place : places(atlas, record, i, hadoop)) {
        if (found.isEmpty() && isResult(place, hadoop)) {
          Optional<String> problem = problem(place, hadoop);
          found = problem.isEmpty() ? Optional.of(place) : Optional.empty();
          whyNot = whyNot.or(() -> problem);
        }
      }
      if (found.isEmpty()) {
        missing.add(whyNot.orElse(from));
      } else if (seen.add(found.get())) {
        if (isAtlas(found.get(), hadoop)) {
          collect(found.get(), record(found.get(), hadoop), folders, missing, seen, hadoop);
        } else {
          folders.add(found.get());
        }
      }
    }
  }

  /**
   * Where one of the folders that an atlas was made from may be: where it was, where its name as
   * given leads from here, and beside the atlas.
   */
  private static Set<String> places(String atlas, AtlasRecord record, int i, Configuration hadoop)
      throws IOException {
    String from = record.from().get(i);
    Set<String> places = new LinkedHashSet<>();
    // What people see of a folder should be as they gave it.
    if (i < record.folders().size() && !isAt(record.folders().get(i), from, hadoop)) {
      places.add(record.folders().get(i));
    }
    places.add(from);
    Path parent = new Path(HadoopFiles.qualified(atlas, hadoop)).getParent();
    places.add(new Path(parent, new Path(from).getName()).toString());
    return places;
  }

  private static boolean isAt(String full, String given, Configuration hadoop) {
    try {
      return HadoopFiles.qualified(given, hadoop).equals(full);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /** Why the results in a folder are not those that the atlas was made from; empty if they are. */
  private Optional<String> problem(String folder, Configuration hadoop) throws IOException {
    if (isAtlas(folder, hadoop)) {
      List<String> own = about.origins();
      List<String> others = record(folder, hadoop).origins();
      return own.isEmpty() || others.isEmpty() || others.stream().anyMatch(own::contains)
          ? Optional.empty()
          : Optional.of(folder + ", which is an atlas of other runs");
    }
    try {
      for (FinishedRun run : FinishedRun.all(folder)) {
        if (IntStream.range(0, run.rules().size()).anyMatch(rule -> isOwn(run, rule))) {
          return Optional.empty();
        }
      }
      return Optional.of(folder + ", whose run was started at another time than the atlas's");
    } catch (InputException unusable) {
      return Optional.of(
          unusable.getMessage().replaceFirst("^`from` (is )?", "").replaceFirst("\\.$", ""));
    }
  }

  private static boolean isAtlas(String folder, Configuration hadoop) throws IOException {
    Path file = new Path(folder, ResultFolder.ATLAS_JSON);
    return file.getFileSystem(hadoop).exists(file);
  }

  private static boolean isResult(String place, Configuration hadoop) {
    try {
      Path folder = new Path(place);
      FileSystem files = folder.getFileSystem(hadoop);
      return ResultsBelow.isRun(files, folder)
          || files.exists(new Path(folder, ResultFolder.ATLAS_JSON));
    } catch (IOException | IllegalArgumentException e) {
      // It is on another cluster's file system, or needs other credentials.
      return false;
    }
  }
}
