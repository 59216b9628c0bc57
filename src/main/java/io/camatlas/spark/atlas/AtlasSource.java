package io.camatlas.spark.atlas;

import io.camatlas.spark.InputException;
import io.camatlas.spark.results.AtlasFolder;
import io.camatlas.spark.results.AtlasRecord;
import io.camatlas.spark.results.AtlasRun;
import io.camatlas.spark.results.ExplanationsTable;
import io.camatlas.spark.results.FinishedRun;
import io.camatlas.spark.results.ResultsBelow;
import io.camatlas.spark.results.StatesTable;
import io.camatlas.spark.results.UnfinishedRun;
import io.camatlas.spark.storage.HadoopFiles;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A source of an atlas: one rule of a run of {@code explain}, or another atlas.
 *
 * @param path as given
 * @param table path of its explanations or states
 * @param rules number of rules of the run; 0 for an atlas
 * @param rule index of this rule
 * @param isAtlas whether it has states rather than explanations
 * @param runs what was explained and how, by id; one for a run
 * @param ended when these were last completed, by id, as far as that is known
 * @param truth what these were measured against, by id, for an atlas
 * @param classes classes of the model, for a run
 * @param gathered number of explanations in its states, for an atlas
 * @param origins the runs that it contains, each named by its start time and its model
 */
record AtlasSource(
    String path,
    String table,
    int rules,
    int rule,
    boolean isAtlas,
    Map<String, AtlasRun> runs,
    Map<String, String> ended,
    Map<String, AtlasRecord.Truth> truth,
    List<String> classes,
    long gathered,
    List<String> origins) {
  /**
   * Reads the sources in a folder: its atlas, or each rule of each of its runs.
   *
   * @param only the run to take; empty to take all
   * @param unfinished receives the runs that are left out as they have not finished
   * @throws InputException if it is neither a run nor an atlas, or one of another version, or if a
   *     run's tables no longer have the rows that the run wrote
   */
  static List<AtlasSource> open(
      String path, Optional<String> only, List<UnfinishedRun> unfinished, SparkSession spark) {
    HadoopFiles.requireNoPattern("from", path);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      Path folder = new Path(path);
      FileSystem files = folder.getFileSystem(hadoop);
      if (!files.exists(folder)) {
        throw new InputException("`from` is " + path + ", which does not exist.");
      }
      if (files.exists(new Path(folder, ResultFolder.ATLAS_JSON))) {
        AtlasRecord atlas = AtlasFolder.record(path, hadoop);
        unfinished.addAll(atlas.unfinished());
        return List.of(atlas(path, atlas));
      }
      if (ResultsBelow.isRun(files, folder)) {
        List<UnfinishedRun> left = new ArrayList<>();
        List<FinishedRun> runs =
            FinishedRun.all(path, left).stream()
                .filter(run -> only.isEmpty() || only.get().equals(run.id()))
                .toList();
        if (only.isEmpty()) {
          unfinished.addAll(left);
        }
        runs.forEach(run -> run.requireRows(spark));
        return runs.stream().flatMap(AtlasSource::run).toList();
      }
      String hint =
          ResultsBelow.run(files, folder).map(run -> " " + ResultsBelow.question(run)).orElse("");
      throw new InputException(
          "`from` is "
              + path
              + ", which has neither run.json nor atlas.json; give the folder that explain or atlas"
              + " wrote (its `out`)."
              + hint);
    } catch (IOException e) {
      throw new InputException("Cannot read `from` " + path + ": " + e.getMessage(), e);
    }
  }

  private static Stream<AtlasSource> run(FinishedRun finished) {
    return IntStream.range(0, finished.rules().size()).mapToObj(rule -> run(finished, rule));
  }

  private static AtlasSource run(FinishedRun finished, int rule) {
    String name = AtlasRun.name(finished, rule);
    return new AtlasSource(
        finished.folder(),
        finished.explanations(),
        finished.rules().size(),
        rule,
        false,
        Map.of(name, AtlasRun.of(finished, rule)),
        finished.ended().isEmpty() ? Map.of() : Map.of(name, finished.ended()),
        Map.of(),
        finished.classes(),
        0,
        List.of(AtlasRun.origin(finished, rule)));
  }

  private static AtlasSource atlas(String path, AtlasRecord atlas) {
    atlas.requireVersion(path, StatesTable.NAME, StatesTable.VERSION);
    return new AtlasSource(
        path,
        new Path(path, StatesTable.NAME).toString(),
        0,
        0,
        true,
        atlas.runs(),
        atlas.runsEnded(),
        atlas.truth(),
        List.of(),
        atlas.explanations(),
        atlas.origins());
  }

  /**
   * Checks that no images would count twice.
   *
   * @throws InputException naming the two folders
   */
  static void requireDistinct(List<AtlasSource> sources) {
    Map<String, String> seen = new LinkedHashMap<>();
    for (AtlasSource source : sources) {
      Set<String> own = new HashSet<>(source.origins);
      for (String origin : own) {
        String other = seen.put(origin, source.path);
        if (other != null) {
          throw new InputException(
              "`from` "
                  + source.path
                  + " and `from` "
                  + other
                  + " hold the same run (started "
                  + origin.substring(0, origin.indexOf(' '))
                  + "); its images would count twice. Give it once.");
        }
      }
    }
  }

  /** The table of states, for an atlas. */
  Dataset<Row> states(SparkSession spark) {
    return table(spark, StatesTable.NAME, StatesTable.SCHEMA);
  }

  /** The rule's rows of the table of explanations, for a run. */
  Dataset<Row> explanations(SparkSession spark) {
    Dataset<Row> all = table(spark, ExplanationsTable.NAME, ExplanationsTable.SCHEMA);
    Dataset<Row> rows = rules == 1 ? all : all.where(ExplanationsTable.ofRule(rule));
    if (rows.isEmpty()) {
      throw new InputException(
          "`from` " + path + " has no explanations: every image failed. See its table failures.");
    }
    return rows;
  }

  private Dataset<Row> table(SparkSession spark, String name, StructType needed) {
    Dataset<Row> rows;
    try {
      rows = spark.read().parquet(table);
    } catch (Exception e) {
      throw new InputException(
          "`from` " + path + ": the table " + name + " cannot be read: " + e.getMessage(), e);
    }
    List<String> columns = Arrays.asList(rows.columns());
    List<String> missing = new ArrayList<>();
    for (StructField field : needed.fields()) {
      if (!columns.contains(field.name())) {
        missing.add(field.name());
      } else if (!sameType(rows.schema().apply(field.name()), field)) {
        missing.add(
            field.name()
                + " ("
                + rows.schema().apply(field.name()).dataType().simpleString()
                + " instead of "
                + field.dataType().simpleString()
                + ")");
      }
    }
    if (!missing.isEmpty()) {
      throw new InputException(
          "`from` "
              + path
              + ": the table "
              + name
              + " lacks the columns "
              + String.join(", ", missing)
              + "; was it written by another program? It has "
              + String.join(", ", columns)
              + ".");
    }
    return rows;
  }

  private static boolean sameType(StructField found, StructField needed) {
    // Spark makes every column nullable when it reads Parquet.
    return found.dataType().simpleString().equals(needed.dataType().simpleString());
  }
}
