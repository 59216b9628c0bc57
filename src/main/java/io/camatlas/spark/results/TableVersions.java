package io.camatlas.spark.results;

import io.camatlas.spark.InputException;
import java.util.Map;

/** Checks that a folder's tables have the versions that this program reads. */
final class TableVersions {
  private TableVersions() {}

  /**
   * Checks a table that is read.
   *
   * @param found the folder's versions, by table; null where it tells none
   * @param writer the CamAtlas that wrote it; null where it tells none
   * @throws InputException naming both versions, if they differ
   */
  static void require(
      String folder, Map<String, Integer> found, String writer, String table, int version) {
    if (differs(found, table, version)) {
      throw new InputException(
          difference("from", folder, found, table, version)
              + " Write it again with this version, or read it with the one that wrote it ("
              + (writer == null ? "unknown" : writer)
              + ").");
    }
  }

  /** Checks a table that is about to get more rows; parameters and errors as {@link #require}'s. */
  static void requireForAdding(
      String folder, Map<String, Integer> found, String table, int version) {
    if (differs(found, table, version)) {
      throw new InputException(
          difference("out", folder, found, table, version)
              + " Choose another `out`, or set `overwrite` to replace what is there.");
    }
  }

  private static boolean differs(Map<String, Integer> found, String table, int version) {
    Integer there = found == null ? null : found.get(table);
    return there == null || there != version;
  }

  private static String difference(
      String setting, String folder, Map<String, Integer> found, String table, int version) {
    Integer there = found == null ? null : found.get(table);
    return "`"
        + setting
        + "` "
        + folder
        + " has the table "
        + table
        + (there == null ? " in an unknown version" : " in version " + there)
        + "; this CamAtlas reads and writes version "
        + version
        + ".";
  }
}
