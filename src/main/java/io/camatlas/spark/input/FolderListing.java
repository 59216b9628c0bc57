package io.camatlas.spark.input;

import io.camatlas.spark.storage.HadoopFiles;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Lists the files of a folder or a glob. The driver reads only the first levels, until there are
 * enough folders to distribute. Spark's tasks list these folders, so no single process holds the
 * names of all files.
 */
final class FolderListing {
  /** The driver stops reading a folder that has more files than this. */
  private static final int FILES_SEEN_BY_DRIVER = 10_000;

  /** A folder that has more folders than this is left to one task. */
  private static final int FOLDERS_SEEN_BY_DRIVER = 100_000;

  private static final int PARTS_PER_CORE = 4;

  private final SparkSession spark;
  private final Configuration hadoop;

  FolderListing(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  private enum Reach {
    /** The path is a file that the user named; if it is a link, it may lead anywhere. */
    NAMED,
    /** The path is a file that a glob found. */
    FILE,
    /** The files directly in the folder. */
    FOLDER,
    /** All files below the folder. */
    TREE
  }

  /**
   * One file or folder to list.
   *
   * @param name a glob that file names must match, or empty
   */
  private record Part(String path, Reach reach, String name) implements Serializable {}

  /** Rows of {@link FoundImage#SCHEMA} for all files below a folder, in no particular order. */
  Dataset<Row> below(Path folder) throws IOException {
    FileSystem files = folder.getFileSystem(hadoop);
    Path root = files.makeQualified(folder);
    int enough = PARTS_PER_CORE * spark.sparkContext().defaultParallelism();
    List<Part> parts = new ArrayList<>();
    List<Path> level = List.of(root);
    while (!level.isEmpty() && parts.size() + level.size() < enough) {
      List<Path> next = new ArrayList<>();
      for (Path at : level) {
        Optional<List<Path>> below = folders(files, root, at);
        parts.add(new Part(at.toString(), below.isPresent() ? Reach.FOLDER : Reach.TREE, ""));
        below.ifPresent(next::addAll);
      }
      level = next;
    }
    level.forEach(at -> parts.add(new Part(at.toString(), Reach.TREE, "")));
    return rows(parts, root);
  }

  /** The folders in a folder; empty if it has too many entries for the driver. */
  private static Optional<List<Path>> folders(FileSystem files, Path root, Path folder)
      throws IOException {
    List<Path> folders = new ArrayList<>();
    int other = 0;
    try (FolderEntries entries = FolderEntries.open(files, root, folder)) {
      for (FolderEntries.Entry entry = entries.next(); entry != null; entry = entries.next()) {
        if (entry.kind() == FolderEntries.Kind.FOLDER) {
          folders.add(entry.path());
        } else {
          other++;
        }
        if (other > FILES_SEEN_BY_DRIVER || folders.size() > FOLDERS_SEEN_BY_DRIVER) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(folders);
  }

  /**
   * Rows of {@link FoundImage#SCHEMA} for all files that a glob matches, in no particular order.
   * The driver finds the folders; tasks match the files in them.
   *
   * @param base folder that image_ids are relative to
   */
  Dataset<Row> matching(String pattern, Path base) throws IOException {
    FileSystem files = base.getFileSystem(hadoop);
    List<Part> parts = new ArrayList<>();
    for (String each : BraceExpansion.of(pattern)) {
      Path path = new Path(each);
      if (!Globs.hasGlob(path.getName())) {
        for (FileStatus status : Globs.matches(files, path)) {
          Reach reach = Globs.hasGlob(pattern) ? Reach.FILE : Reach.NAMED;
          parts.add(new Part(status.getPath().toString(), reach, ""));
        }
        continue;
      }
      Path parent = Globs.orHere(path.getParent());
      for (FileStatus status : Globs.matches(files, parent)) {
        if (status.isDirectory()) {
          parts.add(new Part(status.getPath().toString(), Reach.FOLDER, path.getName()));
        }
      }
    }
    return rows(parts, files.makeQualified(base));
  }

  private Dataset<Row> rows(List<Part> parts, Path root) {
    int most = PARTS_PER_CORE * spark.sparkContext().defaultParallelism();
    // Neighbouring folders are often of similar size; one task must not get all the large ones.
    List<Part> dealt = new ArrayList<>(parts);
    Collections.shuffle(dealt, new java.util.Random(0));
    SerializableConfiguration conf = new SerializableConfiguration(hadoop);
    String base = root.toString();
    FlatMapFunction<Part, Row> list = part -> list(part, base, conf);
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(dealt, Math.max(1, Math.min(dealt.size(), most)))
            .flatMap(list);
    return spark.createDataFrame(rows, FoundImage.SCHEMA);
  }

  private static Iterator<Row> list(Part part, String base, SerializableConfiguration hadoop)
      throws IOException {
    Path root = new Path(base);
    Path path = new Path(part.path());
    FileSystem files = path.getFileSystem(hadoop.value());
    ImageNames names = new ImageNames(root);
    if (part.reach() == Reach.NAMED) {
      FileStatus status = files.getFileStatus(path);
      return List.of(
              row(
                  names,
                  FolderEntries.Entry.file(path, status.getLen(), status.getModificationTime())))
          .iterator();
    }
    if (part.reach() == Reach.FILE) {
      FolderEntries.Entry entry = FolderEntries.one(files, root, path);
      return entry == null || entry.kind() == FolderEntries.Kind.FOLDER
          ? Collections.emptyIterator()
          : List.of(row(names, entry)).iterator();
    }
    FolderWalk walk = new FolderWalk(files, root, path, part.reach() == Reach.TREE);
    TaskCompletionListener release =
        ended -> {
          try {
            walk.close();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        };
    TaskContext.get().addTaskCompletionListener(release);
    GlobFilter filter = part.name().isEmpty() ? null : new GlobFilter(part.name());
    return new Iterator<>() {
      private FolderEntries.Entry ready;

      @Override
      public boolean hasNext() {
        while (ready == null && walk.hasNext()) {
          FolderEntries.Entry entry = walk.next();
          // A folder that cannot be used is no file of it, and has to be told of.
          boolean isFolder = entry.path().equals(path);
          ready = filter == null || isFolder || filter.accept(entry.path()) ? entry : null;
        }
        return ready != null;
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException("The part has no more files.");
        }
        Row row = row(names, ready);
        ready = null;
        return row;
      }
    };
  }

  private static Row row(ImageNames names, FolderEntries.Entry entry) {
    String id = names.id(entry.path());
    String path = entry.path().toString();
    return FoundImage.file(
            id,
            entry.why().isEmpty() ? path : HadoopFiles.unreadable(path, entry.why()),
            entry.bytes(),
            entry.modified(),
            ImageNames.folderOf(id))
        .toRow();
  }
}
