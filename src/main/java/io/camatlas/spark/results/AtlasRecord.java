package io.camatlas.spark.results;

import io.camatlas.spark.Version;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The contents of {@code atlas.json}. When read from a file, every component may be null, as
 * another program may have written the file.
 *
 * @param camatlas version of CamAtlas that wrote it
 * @param tables table versions by name
 * @param started start time as ISO 8601 text
 * @param seconds wall time in seconds
 * @param explanations number of explanations it was made from
 * @param rows number of rows by table
 * @param from folders that it was made from, as they were given
 * @param folders the same folders in full, in the same order; empty in atlases from before they
 *     were kept
 * @param origins runs that it contains, each named by its start time and its model
 * @param runsEnded when each run was last completed, by its name in the tables; runs of which
 *     nobody knows are not here
 * @param unfinished runs in these folders that the atlas leaves out
 * @param runs what was explained and how, by the run's name in the tables
 * @param truth what the maps of each run were measured against, by the run's name; runs that are
 *     not here were measured against their manifests
 * @param settings every setting by name
 */
public record AtlasRecord(
    String camatlas,
    Map<String, Integer> tables,
    String started,
    double seconds,
    long explanations,
    Map<String, Long> rows,
    List<String> from,
    List<String> folders,
    List<String> origins,
    Map<String, String> runsEnded,
    List<UnfinishedRun> unfinished,
    Map<String, AtlasRun> runs,
    Map<String, Truth> truth,
    Map<String, String> settings) {
  /**
   * Annotated objects.
   *
   * @param place {@code none}, or where they are, in full
   * @param kind what is there
   * @param byLabel whether objects are of the image's label, whatever they are named
   */
  public record Truth(String place, String kind, boolean byLabel) {}

  /** Rows that reading the atlas and what it was made from goes through. */
  public long size() {
    return explanations + rows.values().stream().mapToLong(Long::longValue).sum();
  }

  public AtlasRecord {
    from = from == null ? List.of() : List.copyOf(from);
    folders = folders == null ? List.of() : List.copyOf(folders);
    origins = origins == null ? List.of() : List.copyOf(origins);
    runsEnded = runsEnded == null ? Map.of() : runsEnded;
    unfinished = unfinished == null ? List.of() : List.copyOf(unfinished);
    runs = runs == null ? Map.of() : runs;
    truth = truth == null ? Map.of() : truth;
  }

  /** An atlas with the table versions of this CamAtlas. */
  public static AtlasRecord of(
      String started,
      double seconds,
      long explanations,
      Map<String, Long> rows,
      List<String> from,
      List<String> folders,
      Collection<String> origins,
      Map<String, String> runsEnded,
      Collection<UnfinishedRun> unfinished,
      Map<String, AtlasRun> runs,
      Map<String, Truth> truth,
      Map<String, String> settings) {
    Map<String, Integer> versions = new TreeMap<>();
    versions.put(StatesTable.NAME, StatesTable.VERSION);
    AtlasTables.ALL.forEach(table -> versions.put(table.name(), table.version()));
    return new AtlasRecord(
        Version.text(),
        versions,
        started,
        seconds,
        explanations,
        rows,
        from,
        folders,
        origins.stream().sorted().toList(),
        runsEnded,
        List.copyOf(unfinished),
        runs,
        truth,
        settings);
  }

  /**
   * Checks one table.
   *
   * @throws io.camatlas.spark.InputException naming both versions, if they differ
   */
  public void requireVersion(String folder, String table, int version) {
    TableVersions.require(folder, tables, camatlas, table, version);
  }
}
