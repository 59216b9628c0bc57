package io.camatlas.spark.results;

import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The tables of one folder of results.
 *
 * @param folder the folder that a command wrote
 * @param mark the file that tells which command: one of {@link ResultFolder#MARKS}
 * @param tables table paths by name
 */
public record ResultTables(String folder, String mark, Map<String, String> tables) {
  /** The subfolders of results that audit and demo write. */
  private static final List<String> PARTS =
      List.of("run", "results", "atlas", "strategies", "causes", "faithfulness");

  /**
   * The results in a folder and in the subfolders that audit and demo create.
   *
   * @return the results, in that order; empty if there are none
   */
  public static List<ResultTables> below(String folder, Configuration hadoop) throws IOException {
    Path root = new Path(folder);
    FileSystem files = root.getFileSystem(hadoop);
    List<ResultTables> found = new ArrayList<>();
    if (files.exists(root) && files.getFileStatus(root).isDirectory()) {
      add(files, root, found);
      for (String part : PARTS) {
        add(files, new Path(root, part), found);
      }
    }
    return found;
  }

  private static void add(FileSystem files, Path folder, List<ResultTables> found)
      throws IOException {
    for (String mark : ResultFolder.MARKS) {
      if (files.exists(new Path(folder, mark))) {
        Map<String, String> tables = new TreeMap<>();
        for (FileStatus table : files.listStatus(folder)) {
          if (isTable(files, table)) {
            tables.put(table.getPath().getName(), table.getPath().toString());
          }
        }
        found.add(new ResultTables(folder.toString(), mark, tables));
        return;
      }
    }
  }

  /** Whether a folder is a table, written by Spark as a whole or by runs part by part. */
  private static boolean isTable(FileSystem files, FileStatus folder) throws IOException {
    if (!folder.isDirectory() || folder.getPath().getName().startsWith("_")) {
      return false;
    }
    FileStatus[] runs = files.globStatus(new Path(folder.getPath(), "run=*"));
    return files.exists(new Path(folder.getPath(), "_SUCCESS"))
        || (runs != null && runs.length > 0);
  }
}
