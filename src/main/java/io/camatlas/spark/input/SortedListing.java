package io.camatlas.spark.input;

import static org.apache.spark.sql.functions.array;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Writes a listing to disk once, then checks and sorts it, so that the file system is listed once
 * no matter how often the listing is read. The driver holds only the labels.
 */
public final class SortedListing {
  private static final long ROWS_PER_FILE = 250_000;
  private static final int MOST_FILES = 400;

  /** What may stand before one of several labels. */
  private static final String MARK = "^[" + LabelSets.UNCERTAIN + LabelSets.MISSING + "]\\s*";

  private SortedListing() {}

  /**
   * The listing that was written.
   *
   * @param rows of {@link ImagesTable#LISTING}, in the order of image_id
   */
  record Written(Dataset<Row> rows, long count, Set<String> labels) {}

  /**
   * Writes, checks and sorts.
   *
   * @param request where the listing is kept, and what stands between several labels
   * @param found rows of {@link FoundImage#SCHEMA}; evaluated once
   * @param indexed names of classes that labels may be the indices of; none if labels are names
   * @param name of the input, as people know it
   * @param what the end of the message if there are no images, such as {@code holds no files}
   * @throws InputException if a row is wrong, an image has no name or the name of another image, or
   *     there are no images
   */
  static Written write(
      ImageForm.Request request, Dataset<Row> found, List<String> indexed, String name, String what)
      throws IOException {
    SparkSession spark = request.spark();
    String folder = request.folder();
    Path raw = new Path(folder, "found");
    write(found, raw.toString(), name);
    Dataset<Row> given = spark.read().schema(FoundImage.SCHEMA).parquet(raw.toString());
    LabelIndex.requireOneReading(given, indexed, name);
    Dataset<Row> written = LabelIndex.named(given, indexed);
    Checked checked = check(written, name, request.labels().map(LabelSets::separator));
    if (checked.images == 0) {
      throw new InputException(name + " " + what + ".");
    }
    Dataset<Row> right = written.drop(FoundImage.PROBLEM);
    Dataset<Row> sorted = sort(spark, right, checked.images, new Path(folder, "sorted").toString());
    raw.getFileSystem(spark.sparkContext().hadoopConfiguration()).delete(raw, true);
    return new Written(sorted, checked.images, Collections.unmodifiableSet(checked.labels));
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

  private static void write(Dataset<Row> found, String place, String name) {
    try {
      found.write().parquet(place);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Spark throws checked exceptions that its methods do not declare.
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new InputException("Cannot list `images` " + name + ": " + cause.getMessage(), e);
    }
  }

  private record Checked(long images, Set<String> labels) {}

  /** Counts the images and their labels, and throws if anything is wrong with them. */
  private static Checked check(Dataset<Row> written, String name, Optional<String> separator) {
    Row names =
        written
            .groupBy(ImagesTable.IMAGE_ID)
            .agg(
                count(lit(1)).as("times"),
                first(ImagesTable.LABEL, true).as(ImagesTable.LABEL),
                min(FoundImage.PROBLEM).as(FoundImage.PROBLEM))
            .agg(
                sum("times"),
                min(when(col("times").gt(1), col(ImagesTable.IMAGE_ID))),
                max(col(ImagesTable.IMAGE_ID).isNull()),
                min(FoundImage.PROBLEM),
                separator.isPresent()
                    ? array().cast("array<string>")
                    : collect_set(ImagesTable.LABEL))
            .head();
    if (!names.isNullAt(3)) {
      throw new InputException(name + " " + names.getString(3));
    }
    if (names.isNullAt(0)) {
      return new Checked(0, Set.of());
    }
    if (names.getBoolean(2)) {
      throw new InputException(name + " has a row without an image_id.");
    }
    if (!names.isNullAt(1)) {
      throw new InputException(
          "image_id '"
              + names.getString(1)
              + "' appears twice in `images`; every image needs its own name. Give an image_id"
              + " column, or drop the duplicates.");
    }
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
    return new Checked(names.getLong(0), labels);
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
