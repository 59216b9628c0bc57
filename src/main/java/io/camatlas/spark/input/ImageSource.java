package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.lit;

import io.camatlas.config.InputKind;
import io.camatlas.spark.InputException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/**
 * Brings every kind of input into {@link ImagesTable}.
 *
 * <p>Every file counts, whatever its name: what is no image ends in {@code failures}. Only names
 * that begin with a dot are passed over. The listing is made by Spark's tasks and kept on disk, so
 * that the driver holds none of it.
 */
public final class ImageSource {
  /** Enough names to tell what a folder holds; there may be millions. */
  private static final int NAMES_LOOKED_AT = 1000;

  private final SparkSession spark;
  private final List<String> classes;

  /** Labels stay as they are given. */
  public ImageSource(SparkSession spark) {
    this(spark, List.of());
  }

  /**
   * @param classes names by index: in shards and tables of encoded images a label that is a whole
   *     number, and no class's name, is taken for the class of that index
   */
  public ImageSource(SparkSession spark, List<String> classes) {
    this.spark = spark;
    this.classes = List.copyOf(classes);
  }

  /**
   * The images of a source.
   *
   * @param listing rows of {@link ImagesTable#LISTING}, sorted by image_id; may be read many times
   * @param count how many
   * @param labels the distinct labels
   * @param kind what the input was taken for
   * @param packed rows of {@link ImagesTable#SCHEMA} with their content, partitioned as the source
   *     is, where it is a table of encoded images
   */
  public record Images(
      Dataset<Row> listing,
      long count,
      Set<String> labels,
      InputKind kind,
      Optional<Dataset<Row>> packed) {

    /** Rows of {@link ImagesTable#SCHEMA}; content is null where images are files. */
    public Dataset<Row> rows() {
      return packed.orElseGet(
          () -> listing.withColumn(ImagesTable.CONTENT, lit(null).cast(DataTypes.BinaryType)));
    }
  }

  /**
   * Lists the images, but reads no pixels.
   *
   * @param folder where the listing is kept; the caller deletes it when it is done with the images
   * @throws InputException if there is nothing, or if a column is missing or malformed
   */
  public Images read(String given, InputKind asked, Optional<String> contentColumn, String folder) {
    try {
      InputKind kind = asked == InputKind.AUTO ? kind(given) : asked;
      return switch (kind) {
        case DIRECTORY ->
            files(new FolderListing(spark).below(directory(given)), given, kind, folder);
        case GLOB ->
            files(
                new FolderListing(spark).matching(given, Globs.fixedPart(given)),
                given,
                kind,
                folder);
        case WEBDATASET ->
            files(
                LabelIndex.named(new ShardListing(spark).images(given), classes),
                given,
                kind,
                folder);
        case CSV, PARQUET, TABLE ->
            new TableSource(spark, classes).read(given, kind, contentColumn, folder);
        case AUTO -> throw new IllegalStateException("AUTO has been resolved.");
      };
    } catch (IOException e) {
      throw new InputException("Cannot read `images` " + given + ": " + e.getMessage(), e);
    }
  }

  private Images files(Dataset<Row> found, String given, InputKind kind, String folder)
      throws IOException {
    String what = kind == InputKind.WEBDATASET ? "holds no images" : "holds no files";
    SortedListing.Written listing =
        SortedListing.write(spark, found, "`images` " + given, what, folder);
    return new Images(listing.rows(), listing.count(), listing.labels(), kind, Optional.empty());
  }

  private InputKind kind(String given) throws IOException {
    if (Globs.hasGlob(given)) {
      return ShardListing.isShard(given) || ShardListing.isCompressed(given)
          ? InputKind.WEBDATASET
          : InputKind.GLOB;
    }
    Path path = new Path(given);
    FileSystem files = fileSystem(path);
    if (files.exists(path)) {
      FileStatus status = files.getFileStatus(path);
      return status.isDirectory() ? folderKind(files, path) : fileKind(path.getName());
    }
    if (given.matches("[A-Za-z_]\\w*(\\.\\w+){0,2}") && spark.catalog().tableExists(given)) {
      return InputKind.TABLE;
    }
    throw new InputException(
        "`images` is "
            + given
            + ", and nothing is there; give a folder, a glob, a .csv or .parquet manifest, .tar"
            + " shards, or a table.");
  }

  private static InputKind fileKind(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".csv")) {
      return InputKind.CSV;
    }
    if (lower.endsWith(".parquet")) {
      return InputKind.PARQUET;
    }
    return ShardListing.isShard(name) || ShardListing.isCompressed(name)
        ? InputKind.WEBDATASET
        : InputKind.GLOB;
  }

  /** A folder of Parquet files is a table, one of tar files only is shards. */
  private static InputKind folderKind(FileSystem files, Path folder) throws IOException {
    int shards = 0;
    int other = 0;
    try (FolderEntries entries = FolderEntries.open(files, files.makeQualified(folder), folder)) {
      FolderEntries.Entry entry = entries.next();
      for (int i = 0; entry != null && i < NAMES_LOOKED_AT; i++, entry = entries.next()) {
        String name = entry.path().getName();
        if (name.endsWith(".parquet")) {
          return InputKind.PARQUET;
        }
        boolean file = entry.kind() == FolderEntries.Kind.FILE;
        if (file && (ShardListing.isShard(name) || ShardListing.isCompressed(name))) {
          shards++;
        } else if (!name.startsWith("_")) {
          other++;
        }
      }
    }
    return shards > 0 && other == 0 ? InputKind.WEBDATASET : InputKind.DIRECTORY;
  }

  private FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  private Path directory(String given) throws IOException {
    Path root = new Path(given);
    FileSystem files = fileSystem(root);
    if (!files.exists(root) || !files.getFileStatus(root).isDirectory()) {
      throw new InputException("`images` is " + given + ", which is not a folder.");
    }
    return root;
  }

  /** Relative paths of a manifest count from its folder. */
  public static String resolve(Path folder, String given) {
    Path path = new Path(given);
    boolean relative = path.toUri().getScheme() == null && !path.isAbsolute();
    return (relative && folder != null ? new Path(folder, path) : path).toString();
  }
}
