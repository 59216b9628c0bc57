package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.trim;

import io.camatlas.spark.InputException;
import io.camatlas.suggest.NearestName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;

/**
 * Brings every kind of input into {@link ImagesTable}.
 *
 * <p>Every file counts, whatever its name: what is no image ends in {@code failures}. Only names
 * that begin with a dot are passed over.
 */
public final class ImageSource {
  private static final int IMAGES_PER_PARTITION = 128;
  private static final int MOST_PARTITIONS = 20_000;
  private static final String GLOB_CHARACTERS = "*?[{";

  private final SparkSession spark;
  private final int partitions;

  /**
   * @param partitions how many to make; 0 chooses by the number of images
   */
  public ImageSource(SparkSession spark, int partitions) {
    this.spark = spark;
    this.partitions = partitions;
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
          () -> listing.withColumn("content", lit(null).cast(DataTypes.BinaryType)));
    }
  }

  /**
   * Lists the images, but reads no pixels.
   *
   * @param folder where the listing may be kept; the caller deletes it when it is done with the
   *     images
   * @throws InputException if there is nothing, or if a column is missing or malformed
   */
  public Images read(String given, InputKind asked, Optional<String> contentColumn, String folder) {
    try {
      InputKind kind = asked == InputKind.AUTO ? kind(given) : asked;
      return switch (kind) {
        case DIRECTORY -> list(files(given), new Path(given), kind);
        case GLOB -> list(glob(given), fixedPart(given), kind);
        case CSV -> table(csv(given), new Path(given).getParent(), contentColumn, kind, given);
        case PARQUET ->
            table(
                spark.read().parquet(given),
                new Path(given).getParent(),
                contentColumn,
                kind,
                given);
        case TABLE -> table(spark.table(given), null, contentColumn, kind, given);
        case AUTO -> throw new IllegalStateException("AUTO has been resolved.");
      };
    } catch (IOException e) {
      throw new InputException("Cannot read --images " + given + ": " + e.getMessage(), e);
    }
  }

  private InputKind kind(String given) throws IOException {
    boolean hasGlob = given.chars().anyMatch(c -> GLOB_CHARACTERS.indexOf(c) >= 0);
    Path path = new Path(hasGlob ? "." : given);
    if (!hasGlob) {
      FileSystem files = fileSystem(path);
      if (files.exists(path)) {
        FileStatus status = files.getFileStatus(path);
        String name = path.getName().toLowerCase(Locale.ROOT);
        if (status.isDirectory()) {
          boolean parquet =
              Arrays.stream(files.listStatus(path))
                  .anyMatch(file -> file.getPath().getName().endsWith(".parquet"));
          return parquet ? InputKind.PARQUET : InputKind.DIRECTORY;
        }
        if (name.endsWith(".csv")) {
          return InputKind.CSV;
        }
        return name.endsWith(".parquet") ? InputKind.PARQUET : InputKind.GLOB;
      }
      if (given.matches("[A-Za-z_]\\w*(\\.\\w+){0,2}") && spark.catalog().tableExists(given)) {
        return InputKind.TABLE;
      }
      throw new InputException(
          "--images is "
              + given
              + ", and nothing is there; give a folder, a glob, a .csv or .parquet manifest, or a"
              + " table.");
    }
    return InputKind.GLOB;
  }

  private FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  private List<Path> files(String directory) throws IOException {
    Path root = new Path(directory);
    FileSystem files = fileSystem(root);
    if (!files.exists(root) || !files.getFileStatus(root).isDirectory()) {
      throw new InputException("--images is " + directory + ", which is not a folder.");
    }
    Path base = files.makeQualified(root);
    List<Path> found = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all = files.listFiles(root, true);
    while (all.hasNext()) {
      Path file = all.next().getPath();
      if (!isHidden(base, file)) {
        found.add(file);
      }
    }
    return found;
  }

  private static boolean isHidden(Path base, Path file) {
    for (Path at = file; at != null && !at.equals(base); at = at.getParent()) {
      if (at.getName().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private List<Path> glob(String pattern) throws IOException {
    Path path = new Path(pattern);
    FileStatus[] matched = fileSystem(path).globStatus(path);
    List<Path> found = new ArrayList<>();
    for (FileStatus status : matched == null ? new FileStatus[0] : matched) {
      if (status.isFile()) {
        found.add(status.getPath());
      }
    }
    return found;
  }

  /** The deepest folder of a glob that holds no wildcard. */
  private static Path fixedPart(String pattern) {
    Path at = new Path(pattern).getParent();
    while (at != null && at.toString().chars().anyMatch(c -> GLOB_CHARACTERS.indexOf(c) >= 0)) {
      at = at.getParent();
    }
    return at == null || at.toString().isEmpty() ? new Path(".") : at;
  }

  private Images list(List<Path> files, Path root, InputKind kind) throws IOException {
    if (files.isEmpty()) {
      throw new InputException("--images " + root + " holds no files.");
    }
    String base = fileSystem(root).makeQualified(root).toUri().getPath();
    String prefix = base.endsWith("/") ? base : base + "/";
    List<Row> rows = new ArrayList<>(files.size());
    for (Path file : files) {
      String path = file.toUri().getPath();
      String id = path.startsWith(prefix) ? path.substring(prefix.length()) : path;
      int slash = id.indexOf('/');
      String label = slash > 0 ? id.substring(0, slash) : null;
      rows.add(RowFactory.create(id, file.toString(), null, null, null, label, null, null));
    }
    return parallel(rows, kind);
  }

  private Images parallel(List<Row> rows, InputKind kind) {
    rows.sort(Comparator.comparing(row -> row.getString(0)));
    Set<String> labels = new TreeSet<>();
    for (int i = 0; i < rows.size(); i++) {
      if (i > 0 && rows.get(i).getString(0).equals(rows.get(i - 1).getString(0))) {
        throw duplicate(rows.get(i).getString(0));
      }
      if (!rows.get(i).isNullAt(5)) {
        labels.add(rows.get(i).getString(5));
      }
    }
    Dataset<Row> dataset =
        spark.createDataFrame(
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(rows, partitions(rows.size())),
            ImagesTable.LISTING);
    return new Images(dataset, rows.size(), labels, kind, Optional.empty());
  }

  private int partitions(long images) {
    if (partitions > 0) {
      return partitions;
    }
    long bySize = (images + IMAGES_PER_PARTITION - 1) / IMAGES_PER_PARTITION;
    long atLeast = Math.max(bySize, spark.sparkContext().defaultParallelism());
    return (int) Math.max(1, Math.min(Math.min(atLeast, images), MOST_PARTITIONS));
  }

  private static InputException duplicate(String id) {
    return new InputException(
        "image_id '"
            + id
            + "' stands twice in --images; every image needs a name of its own. Give an image_id"
            + " column, or drop the duplicates.");
  }

  private Dataset<Row> csv(String given) {
    return spark
        .read()
        .option("header", "true")
        .option("escape", "\"")
        .option("multiLine", "true")
        .csv(given);
  }

  private Images table(
      Dataset<Row> given, Path folder, Optional<String> contentColumn, InputKind kind, String name)
      throws IOException {
    List<String> columns = List.of(given.columns());
    Optional<String> content = contentColumn(given, contentColumn, name);
    if (content.isEmpty() && !columns.contains("path")) {
      throw new InputException(
          name
              + " has neither a column 'path' nor one of binary type; its columns are "
              + columns
              + NearestName.clause("path", columns)
              + ".");
    }
    if (content.isPresent() && !columns.contains("path") && !columns.contains("image_id")) {
      throw new InputException(
          name
              + " has no column 'image_id' or 'path' to name its images; its columns are "
              + columns
              + ".");
    }
    Column id = col(columns.contains("image_id") ? "image_id" : "path").cast("string");
    Column path = columns.contains("path") ? col("path").cast("string") : lit(null).cast("string");
    Column label =
        columns.contains("label") ? col("label").cast("string") : lit(null).cast("string");
    Dataset<Row> rows =
        given.select(
            id.as("image_id"),
            path.as("path"),
            lit(null).cast(DataTypes.LongType).as("bytes"),
            lit(null).cast(DataTypes.LongType).as("modified"),
            lit(null).cast(DataTypes.StringType).as("sha256"),
            label.as("label"),
            boxes(given, columns, name).as("boxes"),
            (columns.contains("mask") ? col("mask").cast("string") : lit(null).cast("string"))
                .as("mask"),
            content
                .map(column -> col(column))
                .orElse(lit(null).cast(DataTypes.BinaryType))
                .as("content"));
    return content.isPresent() ? packed(rows, kind, name) : manifest(rows, folder, kind, name);
  }

  private static Optional<String> contentColumn(
      Dataset<Row> given, Optional<String> asked, String name) {
    List<String> binary =
        Arrays.stream(given.schema().fields())
            .filter(field -> field.dataType() instanceof BinaryType)
            .map(StructField::name)
            .toList();
    if (asked.isPresent()) {
      if (!binary.contains(asked.get())) {
        throw new InputException(
            "--content-column is '"
                + asked.get()
                + "', but "
                + name
                + " has no such column of binary type; those are "
                + binary
                + ".");
      }
      return asked;
    }
    if (binary.size() > 1) {
      throw new InputException(
          name + " has several binary columns, " + binary + "; choose one by --content-column.");
    }
    return binary.stream().findFirst();
  }

  /** Boxes come as array of structs, or as JSON text [[x0,y0,x1,y1],…]. */
  private static Column boxes(Dataset<Row> given, List<String> columns, String name) {
    if (!columns.contains("boxes")) {
      return lit(null).cast(ImagesTable.BOXES);
    }
    DataType type = given.schema().apply("boxes").dataType();
    if (type instanceof StringType) {
      ArrayType numbers =
          DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.DoubleType));
      Column parsed = from_json(col("boxes"), numbers);
      Column text = trim(col("boxes"));
      Column given4 =
          org.apache.spark.sql.functions.forall(
              parsed, box -> org.apache.spark.sql.functions.size(box).equalTo(4));
      List<Row> bad =
          given
              .where(
                  text.isNotNull()
                      .and(text.notEqual(""))
                      .and(parsed.isNull().or(given4.isNull()).or(given4.equalTo(false))))
              .select("boxes")
              .limit(1)
              .collectAsList();
      if (!bad.isEmpty()) {
        throw new InputException(
            name
                + " has boxes '"
                + bad.get(0).getString(0)
                + "'; they must be JSON like [[x0,y0,x1,y1],[…]], in pixels.");
      }
      return transform(
          parsed,
          box ->
              struct(
                  box.getItem(0).as("x0"),
                  box.getItem(1).as("y0"),
                  box.getItem(2).as("x1"),
                  box.getItem(3).as("y1")));
    }
    if (type instanceof ArrayType) {
      return transform(
          col("boxes"),
          box ->
              struct(
                  box.getField("x0").cast("double").as("x0"),
                  box.getField("y0").cast("double").as("y0"),
                  box.getField("x1").cast("double").as("x1"),
                  box.getField("y1").cast("double").as("y1")));
    }
    throw new InputException(
        name
            + " has boxes of type "
            + type.simpleString()
            + "; they must be array<struct<x0,y0,x1,y1>> or JSON text.");
  }

  private Images manifest(Dataset<Row> rows, Path folder, InputKind kind, String name)
      throws IOException {
    Path base = folder == null || folder.toString().isEmpty() ? new Path(".") : folder;
    Path absolute = fileSystem(base).makeQualified(base);
    List<Row> resolved = new ArrayList<>();
    for (Row row : rows.drop("content").collectAsList()) {
      if (row.isNullAt(1) || row.getString(1).isBlank()) {
        throw new InputException(name + " has a row without a path.");
      }
      Path below = kind == InputKind.TABLE ? null : absolute;
      resolved.add(
          RowFactory.create(
              row.isNullAt(0) ? row.getString(1) : row.getString(0),
              resolve(below, row.getString(1)),
              null,
              null,
              null,
              row.get(5),
              row.get(6),
              row.isNullAt(7) || row.getString(7).isBlank()
                  ? null
                  : resolve(below, row.getString(7))));
    }
    if (resolved.isEmpty()) {
      throw new InputException(name + " lists no images.");
    }
    return parallel(resolved, kind);
  }

  /** Relative paths of a manifest count from its folder. */
  public static String resolve(Path folder, String given) {
    Path path = new Path(given);
    boolean relative = path.toUri().getScheme() == null && !path.isAbsolute();
    return (relative && folder != null ? new Path(folder, path) : path).toString();
  }

  private Images packed(Dataset<Row> rows, InputKind kind, String name) {
    List<Row> twice =
        rows.groupBy("image_id")
            .agg(count(lit(1)).as("n"))
            .where("n > 1 or image_id is null")
            .limit(1)
            .collectAsList();
    if (!twice.isEmpty()) {
      throw twice.get(0).isNullAt(0)
          ? new InputException(name + " has a row without an image_id.")
          : duplicate(twice.get(0).getString(0));
    }
    long images = rows.count();
    if (images == 0) {
      throw new InputException(name + " holds no images.");
    }
    Set<String> labels = new TreeSet<>();
    rows.select("label")
        .where("label is not null")
        .distinct()
        .collectAsList()
        .forEach(row -> labels.add(row.getString(0)));
    int wanted = partitions(images);
    boolean spread = partitions > 0 || rows.rdd().getNumPartitions() < wanted;
    return new Images(
        rows.drop("content").orderBy("image_id"),
        images,
        Collections.unmodifiableSet(labels),
        kind,
        Optional.of(spread ? rows.repartition(wanted, col("image_id")) : rows));
  }
}
