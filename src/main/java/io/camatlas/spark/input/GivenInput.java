package io.camatlas.spark.input;

import io.camatlas.spark.InputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The value of the user's {@code images} setting, and what was found there. Reads the file system
 * once.
 */
final class GivenInput {
  /** Enough names to tell what a folder holds, which may have millions of files. */
  private static final int NAMES_LOOKED_AT = 1000;

  private static final Pattern ANY_DEPTH = Pattern.compile("(?:^|[/{,])\\*\\*(?:[/},]|$)");

  private final SparkSession spark;
  private final String text;
  private final boolean isGlob;
  private final Optional<FileStatus> status;
  private List<FolderEntries.Entry> entries;

  GivenInput(SparkSession spark, String text) throws IOException {
    this.spark = spark;
    this.text = text;
    this.isGlob = Globs.hasGlob(text);
    this.status = isGlob ? Optional.empty() : status();
  }

  /** Refuses a pattern that other programs read as any number of folders. */
  static void requireNoAnyDepth(String text) {
    if (Globs.hasGlob(text) && ANY_DEPTH.matcher(text).find()) {
      throw new InputException(
          "`images` is %s; ** would stand for one folder only. Give the folder, whose pictures are found however deep they lie, or one * for each level."
              .formatted(text));
    }
  }

  /** Whether it is a pattern of paths. */
  boolean isGlob() {
    return isGlob;
  }

  boolean isFolder() {
    return status.isPresent() && status.get().isDirectory();
  }

  boolean isFile() {
    return status.isPresent() && !status.get().isDirectory();
  }

  /** The name of the file or folder, or the pattern. */
  String name() {
    return isGlob ? text : new Path(text).getName();
  }

  /** Whether it names a table or view of the catalog and no file or folder has that name. */
  boolean isTable() {
    return !isGlob
        && status.isEmpty()
        && text.matches("[A-Za-z_]\\w*(\\.\\w+){0,2}")
        && spark.catalog().tableExists(text);
  }

  /** The first entries of the folder. */
  List<FolderEntries.Entry> entries() throws IOException {
    if (entries == null) {
      List<FolderEntries.Entry> found = new ArrayList<>();
      Path folder = new Path(text);
      FileSystem files = fileSystem();
      try (FolderEntries all = FolderEntries.open(files, files.makeQualified(folder), folder)) {
        FolderEntries.Entry entry = all.next();
        for (int i = 0; entry != null && i < NAMES_LOOKED_AT; i++, entry = all.next()) {
          found.add(entry);
        }
      }
      entries = found;
    }
    return entries;
  }

  private Optional<FileStatus> status() throws IOException {
    Path path = new Path(text);
    return fileSystem().exists(path)
        ? Optional.of(fileSystem().getFileStatus(path))
        : Optional.empty();
  }

  private FileSystem fileSystem() throws IOException {
    return new Path(text).getFileSystem(spark.sparkContext().hadoopConfiguration());
  }
}
