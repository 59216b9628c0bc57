package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import io.camatlas.model.LabelSets;
import io.camatlas.spark.InputException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Lists images once, then checks and sorts what was found, so that the file system is listed once
 * no matter how often the listing is read. Of many images the driver holds only the labels, and the
 * listing is on disk.
 */
public final class SortedListing {
  private static final long ROWS_PER_FILE = 250_000;
  private static final int MOST_FILES = 400;

  /** What may stand before one of several labels. */
  private static final String MARK = "^[" + LabelSets.UNCERTAIN + LabelSets.MISSING + "]\\s*";

  private static final int ID = FoundImage.SCHEMA.fieldIndex(ImagesTable.IMAGE_ID);
  private static final int LABEL = FoundImage.SCHEMA.fieldIndex(ImagesTable.LABEL);
  private static final int PROBLEM = FoundImage.SCHEMA.fieldIndex(FoundImage.PROBLEM);

  private SortedListing() {}

  /**
   * The listing.
   *
   * @param rows of {@link ImagesTable#LISTING}, in the order of image_id
   */
  record Listed(Dataset<Row> rows, long count, Set<String> labels) {}

  /**
   * Lists, checks and sorts.
   *
   * @param request where the listing is kept, and what stands between several labels
   * @param found rows of {@link FoundImage#SCHEMA}; evaluated once
   * @param indexed names of classes that labels may be the indices of; none if labels are names
   * @param name of the input, as people know it
   * @param what the end of the message if there are no images, such as {@code holds no files}
   * @throws InputException if a row is wrong, an image has no name or the name of another image, or
   *     there are no images
   */
  static Listed of(
      ImageForm.Request request, Dataset<Row> found, List<String> indexed, String name, String what)
      throws IOException {
    SparkSession spark = request.spark();
    Optional<String> separator = request.labels().map(LabelSets::separator);
    Path raw = new Path(request.folder(), "found");
    FoundRows rows = FoundRows.read(spark, found, raw.toString(), name);
    boolean isFew = rows.files().isEmpty();
    Dataset<Row> given =
        isFew
            ? spark.createDataFrame(rows.few(), FoundImage.SCHEMA)
            : spark.read().schema(FoundImage.SCHEMA).parquet(rows.files().toArray(String[]::new));
    LabelIndex.requireOneReading(given, indexed, name);
    Dataset<Row> named = LabelIndex.named(given, indexed);
    List<Row> few = !isFew ? List.of() : indexed.isEmpty() ? rows.few() : named.collectAsList();
    Checked checked = isFew ? checkFew(few, separator) : checkMany(named, separator);
    checked.requireRight(name, what);
    Set<String> labels = Collections.unmodifiableSet(checked.labels);
    if (isFew) {
      return new Listed(sorted(spark, few), checked.images, labels);
    }
    Dataset<Row> right = named.drop(FoundImage.PROBLEM);
    Dataset<Row> sorted =
        sort(spark, right, checked.images, new Path(request.folder(), "sorted").toString());
    raw.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(raw, true);
    return new Listed(sorted, checked.images, labels);
  }

  /** Few rows, which Spark keeps in its plan, in the order in which it sorts texts. */
  private static Dataset<Row> sorted(SparkSession spark, List<Row> few) {
    int columns = ImagesTable.LISTING.size();
    List<Row> rows =
        few.stream()
            .sorted(Comparator.comparing(row -> UTF8String.fromString(id(row))))
            .map(row -> RowFactory.create(Arrays.copyOf(values(row), columns)))
            .toList();
    return spark.createDataFrame(rows, ImagesTable.LISTING);
  }

  private static Object[] values(Row row) {
    return IntStream.range(0, row.size()).mapToObj(row::get).toArray();
  }

  private static String id(Row row) {
    return row.getString(ID);
  }

  /**
   * Writes rows in the order of image_id.
   *
   * @param rows of {@link ImagesTable#LISTING}; evaluated at most twice
   * @param count number of rows
   * @param folder where they are kept
   * @return the same rows, in order
   */
  public static Dataset<Row> sort(SparkSession spark, Dataset<Row> rows, long count, String folder)
      throws IOException {
    int files =
        (int) Math.max(1, Math.min(MOST_FILES, (count + ROWS_PER_FILE - 1) / ROWS_PER_FILE));
    // A single file needs no ranges, for which Spark would take samples first. To coalesce would
    // leave all that the rows come from, such as a join, to one task.
    (files == 1 ? rows.repartition(1) : rows.repartitionByRange(files, col(ImagesTable.IMAGE_ID)))
        .sortWithinPartitions(ImagesTable.IMAGE_ID)
        .write()
        .parquet(folder);
    Path sorted = new Path(folder);
    FileSystem at = sorted.getFileSystem(spark.sparkContext().hadoopConfiguration());
    return inOrder(spark, at.listStatus(sorted));
  }

  /**
   * What is known of all rows.
   *
   * @param problem what is wrong with one of them, or null
   * @param images number of rows
   * @param hasNameless whether one has no image_id
   * @param twice an image_id that several have, or null
   * @param labels the distinct labels
   */
  private record Checked(
      String problem, long images, boolean hasNameless, String twice, Set<String> labels) {
    void requireRight(String name, String whatIfNone) {
      if (problem != null) {
        throw new InputException(name + " " + problem);
      }
      if (images == 0) {
        throw new InputException(name + " " + whatIfNone + ".");
      }
      if (hasNameless) {
        throw new InputException(name + " has a row without an image_id.");
      }
      if (twice != null) {
        throw new InputException(
            "image_id '"
                + twice
                + "' appears twice in `images`; every image needs its own name. Give an image_id"
                + " column, or drop the duplicates.");
      }
    }
  }

  private static Checked checkFew(List<Row> rows, Optional<String> separator) {
    TreeSet<String> problems = new TreeSet<>();
    TreeSet<String> twice = new TreeSet<>();
    Set<String> names = new HashSet<>();
    Set<String> labels = new TreeSet<>();
    for (Row row : rows) {
      if (!row.isNullAt(PROBLEM)) {
        problems.add(row.getString(PROBLEM));
      } else if (!names.add(id(row)) && id(row) != null) {
        twice.add(id(row));
      }
      if (!row.isNullAt(LABEL)) {
        labels.addAll(labels(row.getString(LABEL), separator));
      }
    }
    return new Checked(
        problems.isEmpty() ? null : problems.first(),
        rows.size(),
        names.contains(null),
        twice.isEmpty() ? null : twice.first(),
        labels);
  }

  private static List<String> labels(String label, Optional<String> separator) {
    return separator
        .map(
            between ->
                Arrays.stream(label.split(Pattern.quote(between), -1))
                    .map(each -> each.strip().replaceFirst(MARK, ""))
                    .filter(each -> !each.isEmpty())
                    .toList())
        .orElse(List.of(label));
  }

  /** Counts the images and their labels on the executors. */
  private static Checked checkMany(Dataset<Row> written, Optional<String> separator) {
    Row names =
        written
            .groupBy(ImagesTable.IMAGE_ID)
            .agg(
                count(lit(1)).as("times"),
                first(ImagesTable.LABEL, true).as(ImagesTable.LABEL),
                min(FoundImage.PROBLEM).as(FoundImage.PROBLEM))
            .agg(
                coalesce(sum("times"), lit(0L)),
                min(when(col("times").gt(1), col(ImagesTable.IMAGE_ID))),
                coalesce(max(col(ImagesTable.IMAGE_ID).isNull()), lit(false)),
                min(FoundImage.PROBLEM),
                separator.isPresent()
                    ? array().cast("array<string>")
                    : collect_set(ImagesTable.LABEL))
            .head();
    Set<String> labels = new TreeSet<>(names.<String>getList(4));
    // There may be as many sets of labels as images, but not as many labels.
    separator.ifPresent(
        between -> {
          Column each =
              explode(split(col(ImagesTable.LABEL), Pattern.quote(between))).as(ImagesTable.LABEL);
          written
              .select(each)
              .select(regexp_replace(trim(col(ImagesTable.LABEL)), MARK, "").as(ImagesTable.LABEL))
              .distinct()
              .collectAsList()
              .forEach(row -> labels.add(row.getString(0)));
          labels.remove("");
        });
    return new Checked(
        names.getString(3), names.getLong(0), names.getBoolean(2), names.getString(1), labels);
  }

  /** Spark reads a folder's largest files first, so each file is named in order. */
  private static Dataset<Row> inOrder(SparkSession spark, FileStatus[] files) {
    List<String> parts =
        Arrays.stream(files)
            .map(file -> file.getPath())
            .filter(path -> path.getName().endsWith(".parquet"))
            .map(Path::toString)
            .sorted()
            .toList();
    Dataset<Row> rows = null;
    for (String part : parts) {
      Dataset<Row> next = spark.read().schema(ImagesTable.LISTING).parquet(part);
      rows = rows == null ? next : rows.union(next);
    }
    return rows;
  }
}
