package io.camatlas.spark.notebook;

import io.camatlas.config.FaithfulnessOptions;
import io.camatlas.config.SettingNames;
import io.camatlas.spark.InputException;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasRecord;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.ResultTables;
import io.camatlas.spark.results.RunName;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.ResultFolder;
import io.camatlas.spark.storage.ResultJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The results below a folder and, if it is just an atlas, below the runs it was made from.
 *
 * @param folder as given
 * @param tables paths of each table, by name; a table of several runs has several paths
 * @param runs ids of the runs, in the order they were made: by when they were completed, as far as
 *     an atlas says so, or started
 * @param finished descriptions of the runs; empty if only their atlas is left
 * @param gone runs that the atlas was made from and that were not found
 * @param stale why tables that are there are left out, by name: they are of another atlas
 * @param tested of what tables of scores are that have no column for it, by path
 */
record Results(
    String folder,
    Map<String, List<String>> tables,
    List<String> runs,
    List<FinishedRun> finished,
    List<String> gone,
    Map<String, String> stale,
    Map<String, Tested> tested) {
  /**
   * Looks for results.
   *
   * @throws InputException if there are none
   */
  static Results find(SparkSession spark, String folder) {
    Search search = new Search(spark);
    try {
      List<ResultTables> found = ResultTables.below(folder, search.hadoop);
      if (found.stream().allMatch(results -> results.tables().isEmpty())) {
        throw new InputException(
            folder
                + " holds no tables; give the folder that explain, atlas, strategies, causes, audit,"
                + " faithfulness, concept, compare or demo wrote.");
      }
      for (ResultTables results : found) {
        search.add(results, found);
      }
      // A run beside its atlas is the one it was made from, even if both have moved.
      if (search.runFolders.isEmpty()) {
        for (ResultTables results : found) {
          search.addOrigins(results);
        }
      }
      return search.results(folder);
    } catch (IOException e) {
      throw new InputException("Cannot read " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Results that tell of an atlas: the commands that make them, by their files. */
  private static final Map<String, String> FOUND_IN_ATLAS =
      Map.of(ResultFolder.STRATEGIES_JSON, "strategies", ResultFolder.CAUSES_JSON, "causes");

  /**
   * What maps were scored.
   *
   * @param run its id; empty if the file is too old to say so
   * @param rule its index
   */
  record Tested(Optional<String> run, int rule) {}

  /** What {@code faithfulness.json} says of it. */
  private record OfTest(String run, Map<String, String> settings) {}

  /** What such a file says of the atlas. */
  private record OfAtlas(String atlasSha256) {}

  private static String later(String time, String other) {
    return time.compareTo(other) < 0 ? other : time;
  }

  private static final class Search {
    private final Configuration hadoop;
    private final Map<String, List<String>> tables = new TreeMap<>();
    private final Set<String> runFolders = new LinkedHashSet<>();

    /** When runs that an atlas names were completed, as far as it says so. */
    private final Map<String, String> atlasRuns = new TreeMap<>();

    private final Set<String> seen = new LinkedHashSet<>();
    private final List<String> gone = new ArrayList<>();
    private final Map<String, String> stale = new TreeMap<>();
    private final Map<String, Tested> tested = new TreeMap<>();

    Search(SparkSession spark) {
      this.hadoop = spark.sparkContext().hadoopConfiguration();
    }

    /**
     * Adds results.
     *
     * @param beside other results in the same place; among them may be the atlas that these are of
     */
    void add(ResultTables results, List<ResultTables> beside) throws IOException {
      if (!seen.add(HadoopFiles.qualified(results.folder(), hadoop))) {
        return;
      }
      Optional<String> other = whyOfAnotherAtlas(results, beside);
      if (other.isPresent()) {
        results.tables().keySet().forEach(name -> stale.put(name, other.get()));
        return;
      }
      results
          .tables()
          .forEach((name, path) -> tables.computeIfAbsent(name, n -> new ArrayList<>()).add(path));
      if (results.mark().equals(ResultFolder.FAITHFULNESS_JSON)) {
        OfTest test =
            ResultJson.read(new Path(results.folder(), results.mark()), OfTest.class, hadoop);
        String rule =
            test.settings() == null
                ? "0"
                : test.settings().getOrDefault(FaithfulnessOptions.RULE.name(), "0");
        Tested what = new Tested(Optional.ofNullable(test.run()), Integer.parseInt(rule));
        results.tables().values().forEach(path -> tested.put(path, what));
      }
      if (results.mark().equals(ResultFolder.RUN_JSON)) {
        runFolders.add(results.folder());
      } else if (results.mark().equals(ResultFolder.ATLAS_JSON)) {
        // In an atlas, each rule is a separate run, with a number after the id.
        AtlasRecord record = AtlasFolder.record(results.folder(), hadoop);
        for (String name : record.runs().keySet()) {
          String ended = record.runsEnded().getOrDefault(name, "");
          atlasRuns.merge(RunName.parse(name).run(), ended, Results::later);
        }
      }
    }

    /** A killed audit leaves what was found in the atlas before beside the new one. */
    private Optional<String> whyOfAnotherAtlas(ResultTables results, List<ResultTables> beside)
        throws IOException {
      String command = FOUND_IN_ATLAS.get(results.mark());
      Optional<ResultTables> atlas =
          beside.stream().filter(one -> one.mark().equals(ResultFolder.ATLAS_JSON)).findFirst();
      if (command == null || atlas.isEmpty()) {
        return Optional.empty();
      }
      OfAtlas of =
          ResultJson.read(new Path(results.folder(), results.mark()), OfAtlas.class, hadoop);
      try {
        AtlasFolder.requireFoundIn(
            atlas.get().folder(), command, results.folder(), of.atlasSha256(), hadoop);
        return Optional.empty();
      } catch (InputException another) {
        return Optional.of(SettingNames.plain(another.getMessage()));
      }
    }

    /** Adds the runs that an atlas was made from, directly or through other atlases. */
    void addOrigins(ResultTables atlas) throws IOException {
      if (!atlas.mark().equals(ResultFolder.ATLAS_JSON)) {
        return;
      }
      for (String run : AtlasFolder.runFolders(atlas.folder(), gone, hadoop)) {
        List<ResultTables> below = ResultTables.below(run, hadoop);
        for (ResultTables results : below) {
          add(results, below);
        }
      }
    }

    Results results(String folder) {
      List<FinishedRun> finished =
          runFolders.stream()
              .flatMap(run -> FinishedRun.all(run).stream())
              .sorted(Comparator.comparing(FinishedRun::started))
              .toList();
      Map<String, String> times = new TreeMap<>(atlasRuns);
      finished.forEach(run -> times.merge(run.id(), run.started(), Results::later));
      List<String> ids = new ArrayList<>(times.keySet());
      ids.sort(Comparator.<String, String>comparing(times::get).thenComparing(id -> id));
      Map<String, List<String>> places = new LinkedHashMap<>();
      tables.forEach((name, paths) -> places.put(name, List.copyOf(paths)));
      return new Results(
          folder,
          places,
          List.copyOf(ids),
          finished,
          List.copyOf(gone),
          Map.copyOf(stale),
          Map.copyOf(tested));
    }
  }
}
