package io.camatlas.spark.results;

import io.camatlas.spark.InputException;
import java.util.Map;

/** Checks that a folder's tables have the versions that this program reads. */
final class TableVersions {
  private TableVersions() {}

  /**
   * Checks one table.
   *
   * @param found the folder's versions, by table; null if it gives none
   * @param writer the version of CamAtlas that wrote it; null if not given
   * @throws InputException naming both versions, if they differ
   */
  static void require(
      String folder, Map<String, Integer> found, String writer, String table, int version) {
    Integer there = found == null ? null : found.get(table);
    if (there == null || there != version) {
      throw new InputException(
          "`from` "
              + folder
              + " has the table "
              + table
              + " in version "
              + (there == null ? "unknown" : there)
              + "; this CamAtlas reads version "
              + version
              + ". Create it again with this version, or read it with the one that wrote it ("
              + (writer == null ? "unknown" : writer)
              + ").");
    }
  }
}
