package io.camatlas.spark.atlas;

import io.camatlas.spark.InputException;
import io.camatlas.spark.storage.ResultFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Makes results known to SQL. */
public final class AtlasViews {
  /** What every view's name begins with. */
  public static final String PREFIX = "camatlas_";

  private AtlasViews() {}

  /**
   * Registers every table of a run, an atlas or an audit as a temporary view, {@code camatlas_}
   * followed by its name.
   *
   * @param folder what explain, atlas, audit or faithfulness wrote
   * @return the names of the views, in alphabetical order
   * @throws InputException if there are no tables
   */
  public static List<String> register(SparkSession spark, String folder) {
    try {
      Path root = new Path(folder);
      FileSystem files = root.getFileSystem(spark.sparkContext().hadoopConfiguration());
      List<String> names = new ArrayList<>();
      if (files.exists(root) && files.getFileStatus(root).isDirectory()) {
        register(spark, files, root, names);
        for (String part : List.of("run", "atlas", "faithfulness")) {
          if (files.exists(new Path(root, part))) {
            register(spark, files, new Path(root, part), names);
          }
        }
      }
      if (names.isEmpty()) {
        throw new InputException(
            folder
                + " holds no tables; give the folder that explain, atlas, audit or faithfulness"
                + " wrote.");
      }
      return names.stream().sorted().toList();
    } catch (IOException e) {
      throw new InputException("Cannot read " + folder + ": " + e.getMessage(), e);
    }
  }

  private static void register(
      SparkSession spark, FileSystem files, Path folder, List<String> names) throws IOException {
    boolean ours = false;
    for (String mark : ResultFolder.MARKS) {
      ours |= files.exists(new Path(folder, mark));
    }
    if (!ours) {
      return;
    }
    for (FileStatus table : files.listStatus(folder)) {
      if (isTable(files, table)) {
        String name = PREFIX + table.getPath().getName();
        spark.read().parquet(table.getPath().toString()).createOrReplaceTempView(name);
        names.add(name);
      }
    }
  }

  /** Written by Spark as a whole, or part by part by runs. */
  private static boolean isTable(FileSystem files, FileStatus folder) throws IOException {
    if (!folder.isDirectory() || folder.getPath().getName().startsWith("_")) {
      return false;
    }
    FileStatus[] runs = files.globStatus(new Path(folder.getPath(), "run=*"));
    return files.exists(new Path(folder.getPath(), "_SUCCESS"))
        || (runs != null && runs.length > 0);
  }
}
