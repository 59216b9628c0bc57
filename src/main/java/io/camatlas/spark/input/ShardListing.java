package io.camatlas.spark.input;

import io.camatlas.model.LabelSets;
import io.camatlas.spark.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
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

/** Lists the images of WebDataset shards, one task per shard; reads only headers and labels. */
final class ShardListing {
  private static final int MOST_TASKS = 10_000;

  private final SparkSession spark;
  private final Configuration hadoop;
  private final LabelSets labels;
  private final boolean packing;

  ShardListing(ImageForm.Request request) {
    this.spark = request.spark();
    this.labels = request.labels().orElse(null);
    this.packing = request.packing();
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  static boolean isShard(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".tar");
  }

  static boolean isCompressed(String name) {
    return name.toLowerCase(Locale.ROOT).matches(".*\\.(tar\\.[a-z0-9]+|tgz|txz|tbz2?)");
  }

  /**
   * Rows of {@link FoundImage#SCHEMA} for all images of all shards, in no particular order.
   *
   * @param given a folder, a glob or one shard
   * @throws InputException if there is no shard, one of a range is missing, or one is compressed
   */
  Dataset<Row> images(String given) throws IOException {
    List<Path> shards = shards(given);
    if (shards.isEmpty()) {
      throw new InputException("`images` " + given + " holds no .tar files.");
    }
    Path base = Globs.hasGlob(given) ? Globs.fixedPart(given) : new Path(given);
    FileSystem files = base.getFileSystem(hadoop);
    boolean single = !Globs.hasGlob(given) && files.getFileStatus(base).isFile();
    String root = files.makeQualified(single ? Globs.orHere(base.getParent()) : base).toString();
    SerializableConfiguration conf = new SerializableConfiguration(hadoop);
    LabelSets sets = labels;
    boolean isToPack = packing;
    FlatMapFunction<String, Row> list = shard -> list(shard, root, sets, isToPack, conf);
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(
                shards.stream().map(Path::toString).toList(), Math.min(shards.size(), MOST_TASKS))
            .flatMap(list);
    return spark.createDataFrame(rows, FoundImage.SCHEMA);
  }

  private static Iterator<Row> list(
      String shard,
      String root,
      LabelSets labels,
      boolean packing,
      SerializableConfiguration hadoop)
      throws IOException {
    Path path = new Path(shard);
    String name = new ImageNames(new Path(root)).id(path);
    ShardRows rows =
        new ShardRows(
            path,
            name.substring(0, name.length() - ".tar".length()),
            Optional.ofNullable(labels),
            packing,
            hadoop.value());
    TaskCompletionListener release =
        ended -> {
          try {
            rows.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    TaskContext.get().addTaskCompletionListener(release);
    return rows;
  }

  private List<Path> shards(String given) throws IOException {
    List<Path> shards = new ArrayList<>();
    for (String pattern : BraceExpansion.of(given)) {
      Path path = new Path(pattern);
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] matched = Globs.matches(files, path);
      if (matched.length == 0 && !pattern.equals(given)) {
        throw new InputException(
            "`images` "
                + given
                + " names "
                + pattern
                + ", which does not exist; fetch it, or leave it out of the range.");
      }
      for (FileStatus status : matched) {
        if (status.isFile()) {
          add(status.getPath(), true, shards);
          continue;
        }
        try (FolderWalk walk = new FolderWalk(files, status.getPath(), status.getPath(), false)) {
          while (walk.hasNext()) {
            FolderEntries.Entry entry = walk.next();
            if (entry.kind() == FolderEntries.Kind.FILE) {
              add(entry.path(), false, shards);
            } else {
              throw new InputException("`images`: " + entry.path() + " " + entry.why() + ".");
            }
          }
        }
      }
    }
    return shards;
  }

  /** In a folder, files that are not shards are ignored; a file given by name must be a shard. */
  private static void add(Path path, boolean named, List<Path> shards) {
    if (isCompressed(path.getName())) {
      throw new InputException(
          "`images` holds "
              + path
              + ", which is compressed; images are read from the middle of a shard, so unpack it to"
              + " a plain .tar.");
    }
    if (isShard(path.getName())) {
      shards.add(path);
    } else if (named) {
      throw new InputException("`images` names " + path + ", which is not a .tar file.");
    }
  }
}
